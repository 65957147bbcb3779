package dev.snowmelt.detector.scan;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.ScanState;
import dev.snowmelt.v1.ScanTally;
import java.util.ArrayList;

/// Which partitions of which target have been counted for a scan. Only counts that rest on one
/// snapshot go together.
final class Progress {
    private Progress() {}

    /// One partition more.
    static ScanState with(ScanState scan, ScanTally tally) {
        var progress = new ArrayList<>(scan.getProgressList());
        var next = ScanState.Progress.newBuilder()
                .setTarget(tally.getTarget())
                .setSnapshot(tally.getSnapshot())
                .addPartitions(tally.getPartition());
        for (var each : scan.getProgressList()) {
            if (each.getTarget().equals(tally.getTarget())) {
                int newer = Long.compareUnsigned(tally.getSnapshot(), each.getSnapshot());
                if (newer < 0 || (newer == 0 && each.getPartitionsList().contains(tally.getPartition()))) {
                    return scan;
                }
                if (newer == 0) {
                    next.clearPartitions()
                            .addAllPartitions(each.getPartitionsList())
                            .addPartitions(tally.getPartition());
                }
                progress.remove(each);
            }
        }
        progress.add(next.build());
        return scan.toBuilder().clearProgress().addAllProgress(progress).build();
    }

    /// True when every partition was counted, on one snapshot.
    static boolean counted(ScanState scan, TargetId target, int partitions) {
        return scan.getProgressList().stream()
                .anyMatch(
                        each -> each.getTarget().equals(target.toString()) && each.getPartitionsCount() == partitions);
    }
}
