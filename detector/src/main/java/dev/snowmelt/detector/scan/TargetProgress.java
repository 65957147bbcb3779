package dev.snowmelt.detector.scan;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.ScanReport.TargetAnswer;
import dev.snowmelt.v1.ScanTally;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one target answered to a scan: complete only when every partition was counted completely on
/// one snapshot.
final class TargetProgress {
    private final TargetId target;
    private final int partitions;
    private final Set<Integer> counted = new HashSet<>();
    private @Nullable ScanTally newest;
    private String problem = "";

    TargetProgress(TargetId target, int partitions) {
        this.target = target;
        this.partitions = partitions;
    }

    void add(ScanTally tally) {
        ScanTally known = newest;
        if (known == null || Long.compareUnsigned(tally.getSnapshot(), known.getSnapshot()) > 0) {
            newest = tally;
            counted.clear();
            problem = "";
        } else if (tally.getSnapshot() != known.getSnapshot()) {
            return;
        }
        counted.add(tally.getPartition());
        if (problem.isEmpty()) {
            problem = problem(tally);
        }
    }

    private String problem(ScanTally tally) {
        if (tally.getPartitions() != partitions || tally.getPartition() >= partitions) {
            return "partition " + tally.getPartition() + " of " + tally.getPartitions()
                    + " was counted, but every topic has " + partitions
                    + ": scanner and detector must have the same number of partitions";
        }
        return tally.getComplete()
                ? ""
                : "partition " + tally.getPartition() + ": "
                        + (tally.getProblem().isEmpty() ? "was not counted completely" : tally.getProblem())
                        + "; scan again";
    }

    /// @param watcher what its collector said of itself last; empty: it has none
    TargetAnswer answer(Optional<CollectorStatus> watcher) {
        var answer = TargetAnswer.newBuilder().setTarget(target.toString());
        ScanTally tally = newest;
        if (tally == null) {
            return answer.setProblem(Sentences.bounded(silence(watcher))).build();
        }
        String found = problem;
        if (found.isEmpty() && counted.size() < partitions) {
            found = "only " + counted.size() + " of " + partitions
                    + " partitions were counted before the deadline: is the detector running, and is it behind? Scan"
                    + " again, with a later deadline";
        }
        if (tally.hasSnapshotAt()) {
            answer.setSnapshotAt(tally.getSnapshotAt());
        }
        return answer.setCollector(tally.getCollector())
                .setComplete(found.isEmpty())
                .setProblem(Sentences.bounded(found))
                .build();
    }

    private String silence(Optional<CollectorStatus> watcher) {
        if (watcher.isEmpty()) {
            return "nobody watches it: run its collector, for example `snowmelt collect kubernetes`, or see whether it"
                    + " goes by another name";
        }
        CollectorStatus status = watcher.get();
        return "its collector " + status.getCollector() + " did not answer before the deadline: "
                + (status.getProblem().isEmpty()
                        ? "is it running, and does the detector?"
                        : "it says that it " + status.getProblem());
    }
}
