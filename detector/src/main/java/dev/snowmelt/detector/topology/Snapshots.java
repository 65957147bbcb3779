package dev.snowmelt.detector.topology;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.SnapshotEnd;
import dev.snowmelt.v1.SnapshotSettled;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Duration;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/// What the markers of snapshots mean: at an END that is believed and whose count agrees, what was
/// not seen since BEGIN is gone. Nothing is concluded from any other.
final class Snapshots {
    /// How long tombstones stay at least: far longer than a commit takes, so that a crash never
    /// forgets a deletion that it has not told.
    static final Duration TOMBSTONES_STAY = Duration.ofMinutes(1);

    private final DetectorTask task;
    private final WorkloadViews views;
    private final Instances instances;
    private final Workloads workloads;

    Snapshots(DetectorTask task, WorkloadViews views, Instances instances, Workloads workloads) {
        this.task = task;
        this.views = views;
        this.instances = instances;
        this.workloads = workloads;
    }

    /// A collector begins to list a target.
    void begin(Origin origin, String target) {
        TargetView view = target(target, origin);
        if (view != null) {
            view.begin(origin.snapshot(), origin.offset(), origin.observedAtMillis());
        }
    }

    /// A collector has listed a target.
    void end(Origin origin, SnapshotEnd end) {
        TargetView target = target(end.getTarget(), origin);
        if (target == null) {
            return;
        }
        SnapshotSettled before = origin.replayed() ? target.settledAt(origin.offset()) : null;
        TargetView.Tally tally = target.tally(origin.snapshot());
        String problem = problem(tally, end);
        boolean known = (tally == null || !problem.isEmpty()) ? target.tidy() : target.allShown(tally.records());
        Stored stored = known ? Stored.NOTHING : Stored.read(task, target, tally, origin, instances, workloads);
        if (problem.isEmpty()) {
            problem = emptiness(target, end, stored);
        }
        if (tally != null) {
            target.settle(tally);
        }
        if (!known) {
            int left = tidy(stored, origin) + stored.told();
            target.counted(stored.present(), left);
        }
        if (problem.isEmpty()) {
            bury(target, stored, origin);
        }
        // A replayed END whose records were committed before is incomplete by its tally; it was settled already.
        settle(target, origin, before != null ? before : result(target, origin, tally, end, problem));
    }

    /// Null: a former holder of the lease says so.
    @Nullable TargetView target(String text, Origin origin) {
        if (origin.snapshot() == 0) {
            throw new UnusableRecordException("a snapshot's marker without the snapshot's id in its header");
        }
        TargetView target;
        try {
            target = task.target(TargetId.parse(text));
        } catch (MalformedIdException e) {
            throw new UnusableRecordException(String.valueOf(e.getMessage()));
        }
        if (origin.epoch() < target.epoch()) {
            task.metrics().stale.increment();
            return null;
        }
        if (origin.epoch() > target.epoch()) {
            target.raise(origin.epoch());
            task.put(target);
        }
        return target;
    }

    private static String problem(TargetView.@Nullable Tally tally, SnapshotEnd end) {
        if (tally == null) {
            return "its BEGIN was not seen since this detector started";
        }
        if (tally.records() != end.getRecordsOnPartition()) {
            return "the collector wrote " + end.getRecordsOnPartition() + " records to this partition, "
                    + tally.records() + " were usable";
        }
        if (end.getBelievable()) {
            return "";
        }
        return end.getDoubt().isEmpty()
                ? "the collector saw so much less than before that it does not believe it"
                : "the collector does not believe it: it " + Limits.text(end.getDoubt());
    }

    /// A second line behind the collector's own doubt: a list without a single instance removes
    /// nothing until another one says the same.
    private static String emptiness(TargetView target, SnapshotEnd end, Stored stored) {
        boolean empty = end.getInstances() == 0 && stored.missesSomething();
        boolean confirmed = target.emptyBefore();
        target.emptyBefore(empty);
        return empty && !confirmed
                ? "it shows no instance at all; what is missing is gone when a second one agrees"
                : "";
    }

    /// Nobody saw the missing ones go: all that is known is when they were seen last.
    private void bury(TargetView target, Stored stored, Origin end) {
        for (var each : stored.missingInstances()) {
            WorkloadView view = views.of(Keys.workloadIn(each.key()), end.timestampMillis());
            long seenAt = Math.max(each.state().observedAt, target.shownAt());
            instances.bury(view, each.key(), each.state(), SeenOrder.missing(end), seenAt, end);
        }
        for (var each : stored.missingWorkloads()) {
            WorkloadView view = views.of(each.key(), end.timestampMillis());
            workloads.bury(view, each.state(), SeenOrder.missing(end), end);
        }
    }

    /// Tells once more what is gone, then forgets it: a crash may have kept it from being told the
    /// first time. What agents said of instances that no collector knows is forgotten too, by age.
    ///
    /// @return how much is not forgotten yet
    private int tidy(Stored stored, Origin end) {
        long old = end.timestampMillis() - TOMBSTONES_STAY.toMillis();
        long oldContent =
                end.timestampMillis() - task.settings().contentMaxAge().toMillis();
        int left = 0;
        for (var each : stored.otherInstances()) {
            InstanceState state = each.state();
            if (state.gone) {
                WorkloadView view = views.of(Keys.workloadIn(each.key()), end.timestampMillis());
                task.outbox().verdict(each.key(), null, end.timestampMillis());
                if (end.replayed()) {
                    instances.sayGone(view, each.key(), state, end);
                }
                views.markUnsaid(view);
            }
            if (state.gone ? state.since < old : state.quietSince(oldContent)) {
                task.stores().instances().delete(Bytes.wrap(each.key()));
            } else {
                left++;
            }
        }
        for (var each : stored.goneWorkloads()) {
            views.markUnsaid(views.of(each.key(), end.timestampMillis()));
            if (each.state().goneAt() < old) {
                task.stores().workloads().delete(Bytes.wrap(each.key()));
            } else {
                left++;
            }
        }
        return left;
    }

    private SnapshotSettled result(
            TargetView target, Origin origin, TargetView.@Nullable Tally tally, SnapshotEnd end, String problem) {
        var settled = SnapshotSettled.newBuilder()
                .setTarget(target.id().toString())
                .setPartition(task.partition())
                .setPartitions(task.topics().partitions())
                .setSnapshot(origin.snapshot())
                .setComplete(problem.isEmpty())
                .setProblem(problem)
                .setAt(Timestamps.fromMillis(origin.observedAtMillis()))
                .setInstances(end.getInstances());
        if (tally != null) {
            settled.setBegan(Timestamps.fromMillis(tally.beganAt));
        }
        return settled.build();
    }

    private void settle(TargetView target, Origin origin, SnapshotSettled result) {
        // What came before it must be told before it.
        views.flush(origin.timestampMillis());
        target.settled(origin.offset(), result);
        task.put(target);
        task.metrics().settled(result.getComplete());
        String key = new SubjectKey.OfSnapshot(target.id(), task.partition()).toString();
        task.outbox()
                .verdict(
                        Keys.utf8(key),
                        VerdictRecord.newBuilder().setSnapshot(result).build().toByteArray(),
                        origin.timestampMillis());
    }
}
