package dev.snowmelt.cli.output;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.config.DurationText;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// A status laid out for people.
public final class StatusTables {
    private static final int MOST_REMEDIATIONS = 20;

    private StatusTables() {}

    /// Lines of at most [Table#WIDTH] characters.
    public static List<String> lines(StatusReport report) {
        List<String> lines = new ArrayList<>();
        if (report.workloads().isEmpty() && report.collectors().isEmpty()) {
            lines.add("Nothing is declared and nothing was seen yet.");
        }
        add(lines, workloads(report));
        add(lines, remediations(report));
        int more = report.remediations().size() - MOST_REMEDIATIONS;
        if (more > 0) {
            lines.add("and " + more + " more; see --output json");
        }
        add(lines, overrides(report));
        addCollectors(lines, report);
        lines.add("");
        report.trust().lines().forEach(line -> lines.add(Table.shortened(line, Table.WIDTH)));
        return lines;
    }

    private static void add(List<String> lines, Table table) {
        if (!table.isEmpty()) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.addAll(table.lines(Table.WIDTH));
        }
    }

    private static Table workloads(StatusReport report) {
        var table = new Table("WORKLOAD", "REV", "MODE", "TEMPLATE", "READY", "OK", "OUTDATED", "DRIFTED", "OTHER");
        for (StatusReport.Workload workload : report.workloads()) {
            var status = workload.verdict().getStatus();
            int other = workload.counts().values().stream()
                            .mapToInt(Integer::intValue)
                            .sum()
                    - workload.count(State.CONFORMANT)
                    - workload.count(State.OUTDATED)
                    - workload.count(State.DRIFTED);
            table.row(
                    workload.id(),
                    workload.revision() == 0 ? "-" : workload.revision(),
                    mode(workload),
                    word(workload.verdict().getTemplateState().name().replace("TEMPLATE_", "")),
                    workload.verdict().hasStatus() ? status.getReady() + "/" + status.getDesired() : "-",
                    workload.count(State.CONFORMANT),
                    workload.count(State.OUTDATED),
                    workload.count(State.DRIFTED),
                    other);
        }
        return table;
    }

    static String mode(StatusReport.Workload workload) {
        if (workload.revision() == 0) {
            return "-";
        }
        Mode mode = workload.mode() == Mode.MODE_UNSPECIFIED ? Mode.OBSERVE : workload.mode();
        return mode.name();
    }

    private static Table remediations(StatusReport report) {
        var table = new Table("DRIFTED", "PHASE", "SINCE", "WHY");
        report.remediations().stream()
                .limit(MOST_REMEDIATIONS)
                .forEach(remediation -> table.row(
                        subject(remediation),
                        remediation.getPhase(),
                        ago(remediation.getDriftedAt(), report.now()),
                        why(remediation)));
        return table;
    }

    private static String subject(Remediation remediation) {
        String instance = remediation.getInstance();
        if (instance.isEmpty()) {
            return remediation.getWorkload() + " (template)";
        }
        // The UID says nothing to people.
        int uid = instance.contains("/pod/") ? instance.lastIndexOf('/') : -1;
        return uid < 0 ? instance : instance.substring(0, uid);
    }

    private static String why(Remediation remediation) {
        String reason =
                remediation.hasHold() ? word(remediation.getHold().getReason().name()) + ": " : "";
        String detail = remediation.hasHold() ? remediation.getHold().getDetail() : remediation.getDetail();
        return reason + detail;
    }

    private static Table overrides(StatusReport report) {
        var table = new Table("OVERRIDE", "OF", "SINCE", "UNTIL", "BY", "REASON");
        for (Override override : report.overrides()) {
            table.row(
                    override.getKind(),
                    override.getSubject(),
                    ago(override.getAt(), report.now()),
                    override.hasUntil() ? Timestamps.toString(override.getUntil()) : "withdrawn",
                    override.getBy(),
                    override.getReason());
        }
        return table;
    }

    /// What one says of itself is a sentence that tells what to do: it stands below it, as it is.
    private static void addCollectors(List<String> lines, StatusReport report) {
        var table = new Table("COLLECTOR", "LAST SNAPSHOT", "INSTANCES");
        for (CollectorStatus collector : report.collectors()) {
            String id = collector.getCollector();
            table.row(
                    id.endsWith("/" + collector.getTarget()) ? id : id + " of " + collector.getTarget(),
                    collector.hasLastSnapshot() ? ago(collector.getLastSnapshot(), report.now()) : "none yet",
                    collector.getInstances());
        }
        int first = lines.size() + (lines.isEmpty() ? 1 : 2);
        add(lines, table);
        for (int i = report.collectors().size() - 1; i >= 0; i--) {
            CollectorStatus collector = report.collectors().get(i);
            List<String> said = Stream.of(collector.getProblem(), collector.getNote())
                    .filter(text -> !text.isEmpty())
                    .flatMap(text -> Wrapped.lines("  ", "  ", text, Table.WIDTH).stream())
                    .toList();
            lines.addAll(first + i + 1, said);
        }
    }

    /// `3m ago`; `-` when there is no time.
    static String ago(Timestamp time, Instant now) {
        return time.equals(Timestamp.getDefaultInstance()) ? "-" : age(time, now) + " ago";
    }

    /// How long ago it was; other clocks may be ahead of ours.
    static String age(Timestamp time, Instant now) {
        Duration passed = Duration.between(Instant.ofEpochMilli(Timestamps.toMillis(time)), now);
        return passed.isNegative() ? "0s" : DurationText.print(passed);
    }

    private static String word(String name) {
        return name.toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
