package dev.snowmelt.detector.scan;

import dev.snowmelt.detector.topology.RevisionSum;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import dev.snowmelt.v1.ScanTally;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What was counted beside what is declared. A gate that looks at the wrong place must not let
/// everything pass: nothing is concluded from a target in which nothing was seen, nor from a
/// declared workload that was not seen or was judged by an earlier revision.
final class SeenBesideDeclared {
    /// So many unseen workloads of a target are named.
    private static final int MOST_NAMED = 20;

    private final Scan scan;
    private final Fleet fleet;
    private final int partitions;
    /// Of the workloads that count: the named ones, or all declared ones.
    private final Set<String> seen = new HashSet<>();
    private final NavigableMap<String, Long> behind = new TreeMap<>();
    private final Set<String> somethingIn = new HashSet<>();
    /// Target → declared workloads that the detector has not seen.
    private final Map<String, NavigableSet<String>> unseen = new HashMap<>();
    /// Of the tallies that leave workloads out: target → partition → what their counts rest on.
    private final Map<String, NavigableMap<Integer, Long>> shortened = new HashMap<>();

    SeenBesideDeclared(Scan scan, Fleet fleet, int partitions) {
        this.scan = scan;
        this.fleet = fleet;
        this.partitions = partitions;
    }

    void add(ScanTally tally) {
        for (WorkloadCount count : tally.getWorkloadsList()) {
            long declared = fleet.declared(count.getWorkload());
            if (declared > 0 || !scan.workloads().isEmpty()) {
                seen.add(count.getWorkload());
            }
            // The detector reads declarations beside observations: it may have counted before it read the newest.
            if (count.getRevision() < declared) {
                behind.put(count.getWorkload(), count.getRevision());
            }
        }
        if (tally.getWorkloadsCount() > 0 || tally.getWorkloadsOmitted() > 0) {
            somethingIn.add(tally.getTarget());
        }
        unseen.computeIfAbsent(tally.getTarget(), _ -> new TreeSet<>()).addAll(tally.getUnseenList());
        if (tally.getWorkloadsOmitted() > 0) {
            shortened
                    .computeIfAbsent(tally.getTarget(), _ -> new TreeMap<>())
                    .put(tally.getPartition(), tally.getJudgedBy());
        }
    }

    /// What keeps the scan from being complete, one sentence each.
    ///
    /// @param targets that were counted completely: of the others more is missing anyway
    List<String> problems(List<TargetId> targets) {
        var problems = new ArrayList<String>();
        behind.forEach((workload, revision) -> problems.add(workload + " was judged by "
                + (revision == 0 ? "no declaration" : "revision " + revision) + ", but revision "
                + fleet.declared(workload) + " is declared: scan again"));
        for (TargetId target : targets) {
            if (!scan.workloads().isEmpty()) {
                scan.workloadsIn(target).forEach(workload -> lookFor(workload, problems));
            } else if (somethingIn.contains(target.toString())) {
                lookForDeclared(target, problems);
            } else {
                problems.add("no instance and no workload at all was seen in " + target
                        + ": is it the right target, and may its collector look into the namespaces that matter?");
            }
        }
        return problems;
    }

    private void lookFor(WorkloadId workload, List<String> problems) {
        if (!seen.contains(workload.toString())) {
            problems.add(
                    shortened
                                    .getOrDefault(workload.target().toString(), new TreeMap<>())
                                    .isEmpty()
                            ? "nobody has seen " + workload + ": is it spelled right, and does its collector look"
                                    + " into that namespace?"
                            : "too much was asked for at once to tell whether " + workload + " was seen: scan again");
        }
    }

    /// Two look: the detector, who may not have read the newest declarations, and the scanner, who
    /// may not either.
    private void lookForDeclared(TargetId target, List<String> problems) {
        Map<Integer, Long> judgedBy = shortened.getOrDefault(target.toString(), new TreeMap<>());
        Map<Integer, Long> declared = new HashMap<>();
        var missing = new TreeSet<>(unseen.getOrDefault(target.toString(), new TreeSet<>()));
        fleet.eachDeclared(target, (workload, revision) -> {
            int partition = Topic.partition(workload, partitions);
            if (!judgedBy.containsKey(partition)) {
                if (!seen.contains(workload)) {
                    missing.add(workload);
                }
            } else if (!missing.contains(workload)) {
                declared.merge(partition, RevisionSum.term(workload, revision), Long::sum);
            }
        });
        judgedBy.forEach((partition, sum) -> {
            if (!sum.equals(declared.getOrDefault(partition, 0L))) {
                problems.add("there are too many workloads on partition " + partition + " of " + target
                        + " to list them all, and some that are declared were not seen, or not judged by their newest"
                        + " revision: scan again, or name the workloads that matter");
            }
        });
        missing.stream()
                .limit(MOST_NAMED)
                .forEach(
                        workload -> problems.add(workload + " is declared, but nobody has seen it: is it spelled right,"
                                + " and does its collector look into that namespace? When it is gone for good, remove its"
                                + " declaration"));
        if (missing.size() > MOST_NAMED) {
            problems.add("and " + (missing.size() - MOST_NAMED) + " more workloads of " + target
                    + " are declared, but nobody has seen them");
        }
    }
}
