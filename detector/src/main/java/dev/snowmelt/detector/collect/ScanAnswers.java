package dev.snowmelt.detector.collect;

import dev.snowmelt.detector.scan.Scan;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.ScanCut;
import java.util.ArrayList;
import java.util.List;

/// Answers scans with a snapshot: a [ScanCut] on every partition, behind everything that was seen
/// before.
final class ScanAnswers {
    /// Bounds of one marker; more scans are answered by more markers.
    static final int MOST_SCANS = 500;

    static final int MOST_BYTES = 256 * 1024;

    private final TargetId target;
    private final String collector;
    private final Publisher publisher;

    ScanAnswers(TargetId target, String collector, Publisher publisher) {
        this.target = target;
        this.collector = collector;
        this.publisher = publisher;
    }

    /// Answers.
    ///
    /// @throws PublishException when something could not be written
    void answer(List<Scan> scans, PendingScans.Snapshot snapshot) {
        // What the watch has told must be counted, so it must be there before the cut.
        publisher.flush();
        for (Observation cut : cuts(scans, snapshot.id())) {
            for (int partition = 0; partition < publisher.partitions(); partition++) {
                publisher.mark(partition, cut, snapshot.id());
            }
        }
        publisher.flush();
    }

    private List<Observation> cuts(List<Scan> scans, long snapshot) {
        var cuts = new ArrayList<Observation>();
        ScanCut.Builder cut = ScanCut.newBuilder();
        int bytes = 0;
        for (Scan scan : scans) {
            ScanCut.Asked asked = asked(scan);
            int more = asked.getSerializedSize();
            if (cut.getScansCount() == MOST_SCANS || (cut.getScansCount() > 0 && bytes + more > MOST_BYTES)) {
                cuts.add(observation(cut, snapshot));
                cut = ScanCut.newBuilder();
                bytes = 0;
            }
            cut.addScans(asked);
            bytes += more;
        }
        cuts.add(observation(cut, snapshot));
        return cuts;
    }

    private Observation observation(ScanCut.Builder cut, long snapshot) {
        return Observation.newBuilder()
                .setScanCut(
                        cut.setTarget(target.toString()).setSnapshot(snapshot).setCollector(collector))
                .build();
    }

    private ScanCut.Asked asked(Scan scan) {
        var scope = scan.request().getScope();
        return ScanCut.Asked.newBuilder()
                .setScan(scan.id().toString())
                .addAllWorkloads(scan.workloadsIn(target).stream()
                        .map(WorkloadId::toString)
                        .toList())
                .setAfter(scope.getAfter())
                .setLimit(scope.getLimit())
                .build();
    }
}
