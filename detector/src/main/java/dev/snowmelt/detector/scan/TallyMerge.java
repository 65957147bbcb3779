package dev.snowmelt.detector.scan;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.detector.topology.Counts;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanReport.Result;
import dev.snowmelt.v1.ScanReport.TargetAnswer;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import dev.snowmelt.v1.ScanReport.WorkloadDrifts;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes one report of the tallies of a scan, taken one at a time. Totals are of everything; lists
/// are bounded, and what is not listed is counted.
final class TallyMerge {
    private static final int MOST_DRIFTS = 1_000;
    private static final int MOST_WORKLOADS = 10_000;
    private static final int MOST_BYTES = Topics.LARGEST_RECORD - (64 << 10);
    private static final Comparator<WorkloadCount> DRIFTS_FIRST = Comparator.comparing(
                    (WorkloadCount count) -> !Counts.drifts(count))
            .thenComparing(WorkloadCount::getWorkload);

    private final Scan scan;
    private final int limit;
    private final SeenBesideDeclared seen;
    private final WorkloadCount.Builder total = WorkloadCount.newBuilder();
    private final NavigableMap<String, Verdict> drifts = new TreeMap<>();
    private final NavigableMap<String, WorkloadDrifts> workloadDrifts = new TreeMap<>();
    private final List<WorkloadCount> workloads = new ArrayList<>();
    private int allDrifts;
    private int workloadDriftsOmitted;
    private int workloadsOmitted;
    /// Behind this key a tally has left something out, so nothing may be listed that sorts behind
    /// it; null: none has.
    private @Nullable String horizon;

    TallyMerge(Scan scan, Fleet fleet, int partitions) {
        this.scan = scan;
        this.seen = new SeenBesideDeclared(scan, fleet, partitions);
        int asked = scan.request().getScope().getLimit();
        this.limit = asked <= 0 || asked > MOST_DRIFTS ? MOST_DRIFTS : asked;
    }

    void add(ScanTally tally) {
        Counts.add(total, tally.getTotal());
        seen.add(tally);
        workloads.addAll(tally.getWorkloadsList());
        workloadsOmitted += tally.getWorkloadsOmitted();
        if (workloads.size() > 2 * MOST_WORKLOADS) {
            keepFirstWorkloads();
        }
        allDrifts += tally.getDriftsCount() + tally.getDriftsOmitted();
        for (Verdict verdict : tally.getDriftsList()) {
            drifts.put(key(verdict), verdict);
        }
        if (tally.getDriftsOmitted() > 0) {
            String last =
                    tally.getDriftsCount() == 0 ? "" : key(tally.getDriftsList().getLast());
            horizon = horizon == null || last.compareTo(horizon) < 0 ? last : horizon;
        }
        while (drifts.size() > limit) {
            drifts.pollLastEntry();
        }
        tally.getWorkloadDriftsList().forEach(each -> workloadDrifts.put(each.getWorkload(), each));
        workloadDriftsOmitted += tally.getWorkloadDriftsOmitted();
    }

    private void keepFirstWorkloads() {
        workloads.sort(DRIFTS_FIRST);
        if (workloads.size() > MOST_WORKLOADS) {
            List<WorkloadCount> rest = workloads.subList(MOST_WORKLOADS, workloads.size());
            workloadsOmitted += rest.size();
            rest.clear();
        }
    }

    private static String key(Verdict verdict) {
        return verdict.getWorkload() + "|" + verdict.getInstance();
    }

    /// The report.
    ///
    /// @param answers of the targets in scope, by name
    ScanReport report(List<TargetAnswer> answers, Instant now) {
        var report = ScanReport.newBuilder()
                .setScan(scan.id().toString())
                .setRequest(scan.request())
                .setStarted(Timestamps.fromMillis(scan.asked().toEpochMilli()))
                .setFinished(Timestamps.fromMillis(now.toEpochMilli()))
                .setTotal(total)
                .addAllProblems(Sentences.bounded(problems(answers)));
        for (TargetAnswer answer : answers) {
            report.addTargets(answer);
            if (answer.getComplete()) {
                report.addAnswered(answer.getTarget());
            } else {
                report.addSilent(answer.getTarget());
            }
        }
        int left = MOST_BYTES - report.build().getSerializedSize();
        left -= listDrifts(report, left / 2);
        left -= listWorkloadDrifts(report, left / 3);
        listWorkloads(report, left);
        return report.setResult(result(report)).build();
    }

    private Result result(ScanReport.Builder report) {
        if (report.getSilentCount() > 0 || report.getProblemsCount() > 0 || Counts.untold(total)) {
            return Result.INCOMPLETE;
        }
        return Counts.drifts(total) ? Result.DRIFT : Result.CLEAN;
    }

    private List<String> problems(List<TargetAnswer> answers) {
        var problems = new ArrayList<String>();
        if (answers.isEmpty()) {
            problems.add("nothing is declared and nobody watches anything: run a collector, for example"
                    + " `snowmelt collect kubernetes`");
        }
        if (total.getUnverified() > 0) {
            problems.add(total.getUnverified()
                    + " instances cannot be told yet: their images have not started, a registry must tell their"
                    + " digests, or no agent has looked at their declared content");
        }
        if (total.getTemplatesUnresolved() > 0) {
            problems.add(total.getTemplatesUnresolved()
                    + " templates cannot be told yet: a registry must tell whether the digests that they name are"
                    + " declared ones");
        }
        problems.addAll(seen.problems(answers.stream()
                .filter(TargetAnswer::getComplete)
                .map(answer -> TargetId.parse(answer.getTarget()))
                .toList()));
        return problems;
    }

    private int listDrifts(ScanReport.Builder report, int most) {
        int bytes = 0;
        String cursor = "";
        for (Map.Entry<String, Verdict> each : drifts.entrySet()) {
            int more = each.getValue().getSerializedSize() + 4;
            if ((horizon != null && each.getKey().compareTo(horizon) > 0)
                    || (report.getDriftsCount() > 0 && bytes + more > most)) {
                break;
            }
            report.addDrifts(each.getValue());
            bytes += more;
            cursor = each.getKey();
        }
        int omitted = allDrifts - report.getDriftsCount();
        report.setDriftsOmitted(omitted).setCursor(omitted > 0 ? cursor : "");
        return bytes;
    }

    private int listWorkloadDrifts(ScanReport.Builder report, int most) {
        int bytes = 0;
        for (WorkloadDrifts each : workloadDrifts.values()) {
            int more = each.getSerializedSize() + 4;
            if (bytes + more > most) {
                break;
            }
            report.addWorkloadDrifts(each);
            bytes += more;
        }
        report.setWorkloadDriftsOmitted(
                workloadDriftsOmitted + workloadDrifts.size() - report.getWorkloadDriftsCount());
        return bytes;
    }

    private void listWorkloads(ScanReport.Builder report, int most) {
        keepFirstWorkloads();
        int bytes = 0;
        for (WorkloadCount each : workloads) {
            int more = each.getSerializedSize() + 4;
            if (bytes + more > most) {
                break;
            }
            report.addWorkloads(each);
            bytes += more;
        }
        report.setWorkloadsOmitted(workloadsOmitted + workloads.size() - report.getWorkloadsCount());
    }
}
