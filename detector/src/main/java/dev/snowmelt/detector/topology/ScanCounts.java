package dev.snowmelt.detector.topology;

import dev.snowmelt.v1.ScanCut;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.SnapshotSettled;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answers scans: at a collector's cut, counts what is known of the target on this partition and
/// writes a tally for each scan that is answered.
///
/// A cut lies behind the END of the snapshot that answers and behind all that the collector's watch
/// saw before it, so what the stores hold when it is read is what the collector had seen. Scans of
/// equal scope are counted once. A cut that is read again gives the same tally again, or one that
/// is not complete; the scanner keeps the complete one.
final class ScanCounts {
    /// Default and most of the drifts that a scan lists.
    static final int MOST_DRIFTS = 1_000;
    /// So many declared workloads that nobody has seen are named.
    private static final int MOST_UNSEEN = 20;

    private final DetectorTask task;
    private final Snapshots snapshots;
    private final TallyWriter writer;

    ScanCounts(DetectorTask task, Snapshots snapshots) {
        this.task = task;
        this.snapshots = snapshots;
        this.writer = new TallyWriter(task);
    }

    /// What scans have in common that are counted once.
    private record Scope(List<String> workloads, String after, int limit) {
        static Scope of(ScanCut.Asked asked) {
            int limit = asked.getLimit();
            return new Scope(
                    asked.getWorkloadsList().stream().distinct().sorted().toList(),
                    asked.getAfter(),
                    limit <= 0 || limit > MOST_DRIFTS ? MOST_DRIFTS : limit);
        }
    }

    /// An observation could not be used: what it would have said is not counted. It is stored,
    /// because the next to work on this partition counts what is stored.
    void unusable(long offset) {
        for (TargetView target : task.allTargets()) {
            target.unusable(offset);
            task.put(target);
        }
    }

    /// A collector answers scans.
    void cut(Origin origin, ScanCut cut) {
        if (cut.getSnapshot() != origin.snapshot()) {
            throw new UnusableRecordException("the cut names another snapshot than its header");
        }
        TargetView target = snapshots.target(cut.getTarget(), origin);
        if (target == null) {
            return;
        }
        long started = System.nanoTime();
        Map<Scope, LinkedHashSet<String>> scopes = new LinkedHashMap<>();
        for (ScanCut.Asked asked : cut.getScansList()) {
            scopes.computeIfAbsent(Scope.of(asked), _ -> new LinkedHashSet<>()).add(asked.getScan());
        }
        ScanTally head = head(target, cut);
        int most = TallyWriter.bytesEach(cut.getScansCount());
        Census census = census(target, scopes.keySet());
        scopes.forEach((scope, scans) -> {
            boolean all = scope.workloads().isEmpty();
            Collection<Census.Workload> workloads = all ? census.workloads() : census.workloads(scope.workloads());
            ScanTally tally = writer.tally(
                    all ? withUnseen(head, census) : head, census, workloads, scope.after(), scope.limit(), most);
            for (String scan : scans) {
                task.outbox()
                        .tally(
                                Keys.utf8(scan),
                                tally.toBuilder().setScan(scan).build().toByteArray(),
                                origin.timestampMillis());
            }
        });
        task.metrics().scanned(cut.getScansCount(), System.nanoTime() - started);
    }

    private static ScanTally withUnseen(ScanTally head, Census census) {
        List<String> unseen = census.unseen();
        List<String> first = unseen.stream().sorted().limit(MOST_UNSEEN).toList();
        return head.toBuilder()
                .addAllUnseen(first)
                .setUnseenOmitted(unseen.size() - first.size())
                .build();
    }

    private Census census(TargetView target, Collection<Scope> scopes) {
        var named = new LinkedHashSet<String>();
        for (Scope scope : scopes) {
            if (scope.workloads().isEmpty()) {
                return Census.of(task, target);
            }
            named.addAll(scope.workloads());
        }
        return Census.of(task, named);
    }

    private ScanTally head(TargetView target, ScanCut cut) {
        SnapshotSettled last = target.lastSettled();
        SnapshotSettled settled = last != null && last.getSnapshot() == cut.getSnapshot() ? last : null;
        String problem = problem(target, settled);
        var head = ScanTally.newBuilder()
                .setTarget(target.id().toString())
                .setPartition(task.partition())
                .setPartitions(task.topics().partitions())
                .setSnapshot(cut.getSnapshot())
                .setComplete(problem.isEmpty())
                .setProblem(problem)
                .setCollector(cut.getCollector());
        if (settled != null) {
            head.setSnapshotAt(settled.getAt());
        }
        return head.build();
    }

    private String problem(TargetView target, @Nullable SnapshotSettled settled) {
        if (settled == null) {
            return "the detector has not seen the end of the snapshot that answers";
        }
        if (!settled.getComplete()) {
            return settled.getProblem();
        }
        return target.unusable() >= 0
                ? "the observation at offset " + target.unusable() + " of partition " + task.partition()
                        + " could not be used (see dead.letters)"
                : "";
    }
}
