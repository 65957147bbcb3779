package dev.snowmelt.cli.scan;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.config.DurationText;
import dev.snowmelt.cli.output.Table;
import dev.snowmelt.cli.output.Wrapped;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A report laid out for people.
public final class ReportTables {
    private final ScanReport report;
    private final List<String> lines = new ArrayList<>();

    private ReportTables(ScanReport report) {
        this.report = report;
    }

    /// Lines of at most [Table#WIDTH] characters. What is left out is said.
    public static List<String> lines(ScanReport report) {
        var tables = new ReportTables(report);
        tables.header();
        tables.targets();
        tables.workloads();
        tables.drifts();
        tables.total();
        return tables.lines;
    }

    private void header() {
        Duration took =
                Duration.ofMillis(Timestamps.toMillis(report.getFinished()) - Timestamps.toMillis(report.getStarted()));
        String scan = report.getScan().isEmpty() ? "Scan" : "Scan " + report.getScan();
        lines.add(scan + ": " + report.getResult() + ", took "
                + (took.compareTo(Duration.ofSeconds(10)) < 0
                        ? took.toMillis() / 1000.0 + "s"
                        : DurationText.print(took)));
        report.getProblemsList().forEach(problem -> wrap("  ", "    ", problem));
    }

    private void targets() {
        var table = new Table("TARGET", "COMPLETE", "COLLECTOR", "SEEN");
        for (ScanReport.TargetAnswer target : report.getTargetsList()) {
            table.row(
                    target.getTarget(),
                    target.getComplete() ? "yes" : "NO",
                    target.getCollector().isEmpty() ? "-" : target.getCollector(),
                    target.hasSnapshotAt() ? seen(target.getSnapshotAt()) : "-");
        }
        add(table);
        report.getTargetsList().stream()
                .filter(target -> !target.getProblem().isEmpty())
                .forEach(target -> wrap("  ", "    ", target.getTarget() + ": " + target.getProblem()));
    }

    private String seen(Timestamp at) {
        Duration before = Duration.ofMillis(Timestamps.toMillis(report.getFinished()) - Timestamps.toMillis(at));
        return before.isNegative() ? "0s ago" : DurationText.print(before) + " ago";
    }

    private void workloads() {
        var table = new Table("WORKLOAD", "OK", "OUTDATED", "DRIFTED", "UNDECLARED", "UNVERIFIED", "ITSELF");
        int clean = 0;
        for (ScanReport.WorkloadCount count : report.getWorkloadsList()) {
            if (Findings.none(count)) {
                clean++;
            } else {
                table.row(
                        count.getWorkload(),
                        count.getConformant(),
                        count.getOutdated(),
                        count.getDrifted(),
                        count.getUndeclared(),
                        count.getUnverified(),
                        itself(count));
            }
        }
        add(table);
        if (clean > 0 && !table.isEmpty()) {
            lines.add("and " + clean + " without drift");
        }
        if (report.getWorkloadsOmitted() > 0) {
            lines.add("and " + report.getWorkloadsOmitted() + " more that the report does not list");
        }
    }

    private static String itself(ScanReport.WorkloadCount count) {
        return count.getDrifts() ? "drifts" : count.getTemplatesUnresolved() > 0 ? "unverified" : "-";
    }

    private void drifts() {
        Map<String, List<Verdict>> verdicts = new LinkedHashMap<>();
        Map<String, List<Drift>> ofWorkloads = new LinkedHashMap<>();
        report.getWorkloadDriftsList()
                .forEach(each -> ofWorkloads
                        .computeIfAbsent(each.getWorkload(), _ -> new ArrayList<>())
                        .addAll(each.getDriftsList()));
        ofWorkloads.keySet().forEach(workload -> verdicts.put(workload, new ArrayList<>()));
        report.getDriftsList()
                .forEach(verdict -> verdicts.computeIfAbsent(verdict.getWorkload(), _ -> new ArrayList<>())
                        .add(verdict));
        verdicts.forEach((workload, some) -> {
            lines.add("");
            wrap("", "  ", workload);
            for (Drift drift : ofWorkloads.getOrDefault(workload, List.of())) {
                wrap("  ", "      ", DriftText.brief(drift));
            }
            for (Verdict verdict : some) {
                wrap("  ", "      ", verdict.getState() + " " + name(verdict) + outdated(verdict));
                verdict.getDriftsList().forEach(drift -> wrap("    ", "      ", DriftText.brief(drift)));
            }
        });
        if (!report.getCursor().isEmpty()) {
            lines.add("");
            // The cursor itself is longer than a line, and broken it could not be copied.
            lines.add(report.getDriftsOmitted()
                    + " more drifted instances follow: add --all, or --after with the cursor of --output json");
        }
    }

    private static String name(Verdict verdict) {
        try {
            return InstanceId.parse(verdict.getInstance()).name();
        } catch (MalformedIdException _) {
            return verdict.getInstance();
        }
    }

    private static String outdated(Verdict verdict) {
        return verdict.getMatchedRevision() == 0
                ? ""
                : " runs revision " + verdict.getMatchedRevision() + " of " + verdict.getRevision();
    }

    private void total() {
        ScanReport.WorkloadCount total = report.getTotal();
        lines.add("");
        lines.add(Findings.instances(total) + " instances: " + total.getConformant() + " conformant, "
                + total.getOutdated() + " outdated, " + total.getDrifted() + " drifted, " + total.getUndeclared()
                + " undeclared, " + total.getUnverified() + " unverified");
    }

    private void add(Table table) {
        if (!table.isEmpty()) {
            lines.add("");
            lines.addAll(table.lines(Table.WIDTH));
        }
    }

    private void wrap(String first, String then, String text) {
        lines.addAll(Wrapped.lines(first, then, text, Table.WIDTH));
    }
}
