package dev.snowmelt.cli.scan;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.config.DurationText;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.ScanReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The report of a scan that nobody reported on: incomplete, and what to look at. Whoever reads only the report must
/// not take its absence for success.
public final class Silence {
    private Silence() {}

    /// @param collectors what collectors last said of themselves
    /// @param now when the waiting ended
    public static ScanReport report(
            ScanClient.Asked.Unanswered asked, Collection<CollectorStatus> collectors, Instant now) {
        var report = ScanReport.newBuilder()
                .setScan(asked.scan().toString())
                .setResult(ScanReport.Result.INCOMPLETE)
                .setStarted(Timestamps.fromMillis(asked.at().toEpochMilli()))
                .setFinished(Timestamps.fromMillis(now.toEpochMilli()))
                .setRequest(asked.request())
                .setTotal(ScanReport.WorkloadCount.getDefaultInstance());
        Tallied tallied = asked.tallied();
        String waited = DurationText.print(Duration.between(asked.at(), now));
        report.addProblems("no report came within " + waited + " (" + tallied.words()
                + "): what was seen is not known; check that 'snowmelt detect' runs on this broker and is ready");
        Set<String> targets = new TreeSet<>(tallied.answered().keySet());
        if (tallied.open()) {
            collectors.forEach(collector -> targets.add(collector.getTarget()));
            if (targets.isEmpty()) {
                report.addProblems("no collector ever wrote to this broker; start one with 'snowmelt collect'");
            }
        }
        for (String target : targets) {
            int counted = tallied.answered().getOrDefault(target, 0);
            List<CollectorStatus> watching = collectors.stream()
                    .filter(collector -> collector.getTarget().equals(target))
                    .toList();
            report.addSilent(target)
                    .addTargets(ScanReport.TargetAnswer.newBuilder()
                            .setTarget(target)
                            .setProblem(problem(counted, tallied.partitions(), watching, now)));
        }
        return report.build();
    }

    private static String problem(int counted, int partitions, List<CollectorStatus> watching, Instant now) {
        if (counted == partitions) {
            return "counted in full, but the report did not come: check that 'snowmelt detect' runs and is ready";
        }
        String count = counted + " of " + partitions + " partitions were counted: ";
        if (watching.isEmpty()) {
            return count + "no collector ever said that it watches this target; start one with 'snowmelt collect'";
        }
        List<String> said = new ArrayList<>();
        for (CollectorStatus collector : watching) {
            String last = collector.hasLastSnapshot()
                    ? "its last snapshot ended "
                            + DurationText.print(Duration.between(
                                    Instant.ofEpochMilli(Timestamps.toMillis(collector.getLastSnapshot())), now))
                            + " ago"
                    : "it has not taken a snapshot yet";
            said.add("check that collector " + collector.getCollector() + " runs, " + last
                    + (collector.getProblem().isEmpty() ? "" : " and it says: " + collector.getProblem()));
        }
        return count + String.join("; ", said);
    }
}
