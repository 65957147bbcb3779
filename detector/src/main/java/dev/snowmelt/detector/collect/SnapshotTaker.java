package dev.snowmelt.detector.collect;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.SnapshotBegin;
import dev.snowmelt.v1.SnapshotEnd;
import java.util.function.LongSupplier;

/// Takes snapshots: BEGIN on every partition before anything is listed, everything that exists, END
/// on every partition when all of it is acknowledged.
final class SnapshotTaker {
    private final TargetId target;
    private final String collector;
    private final Publisher publisher;
    private final LongSupplier ids;

    /// @param ids snapshot ids, each above every one before it in the target
    SnapshotTaker(TargetId target, String collector, Publisher publisher, LongSupplier ids) {
        this.target = target;
        this.collector = collector;
        this.publisher = publisher;
        this.ids = ids;
    }

    /// What a snapshot came to.
    ///
    /// @param doubt why it is not believable; empty: it is
    record Taken(long snapshot, long instances, String doubt) {
        boolean believable() {
            return doubt.isEmpty();
        }
    }

    /// Takes one. When it fails it has no END, and nothing is concluded from it.
    ///
    /// @param scan id of the scan that asked; empty: none
    /// @throws LookException when something could not be listed
    /// @throws PublishException when something could not be written
    Taken take(String scan, Platform.Lookout lookout, Believability before) throws LookException {
        var tally = new SnapshotTally(ids.getAsLong(), publisher.partitions());
        Observation begin = Observation.newBuilder()
                .setBegin(
                        SnapshotBegin.newBuilder().setTarget(target.toString()).setScan(scan))
                .build();
        for (int partition = 0; partition < publisher.partitions(); partition++) {
            publisher.mark(partition, begin, tally.snapshot());
        }
        publisher.flush();
        lookout.list(tally);
        publisher.flush();
        String doubt = doubt(tally, before);
        for (int partition = 0; partition < publisher.partitions(); partition++) {
            publisher.mark(partition, end(scan, tally, partition, doubt), tally.snapshot());
        }
        publisher.flush();
        return new Taken(tally.snapshot(), tally.instances(), doubt);
    }

    private static String doubt(SnapshotTally tally, Believability before) {
        if (!before.believes(tally.instances())) {
            return "saw " + tally.instances() + " instances where there were "
                    + (before.last().isPresent() ? before.last().getAsLong() : "none before")
                    + ": not believed until a second snapshot agrees";
        }
        return tally.unreadable() == 0
                ? ""
                : "could not read " + tally.unreadable() + " of its objects: nothing is concluded from what is missing";
    }

    private Observation end(String scan, SnapshotTally tally, int partition, String doubt) {
        return Observation.newBuilder()
                .setEnd(SnapshotEnd.newBuilder()
                        .setTarget(target.toString())
                        .setScan(scan)
                        .setRecordsOnPartition(tally.recordsOn(partition))
                        .setInstances(tally.instances())
                        .setBelievable(doubt.isEmpty())
                        .setDoubt(doubt)
                        .setCollector(collector))
                .build();
    }
}
