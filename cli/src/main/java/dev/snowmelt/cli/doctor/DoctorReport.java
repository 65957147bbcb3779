package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.doctor.Finding.Result;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.cli.output.Table;
import dev.snowmelt.cli.output.Wrapped;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/// All findings, for people and for scripts.
///
/// @param findings in the order in which they are shown
record DoctorReport(List<Finding> findings) {
    private static final String MARGIN = " ".repeat(9);

    /// Keeps a copy.
    DoctorReport {
        findings = List.copyOf(findings);
    }

    /// How many ended so.
    long count(Result result) {
        return findings.stream().filter(each -> each.result() == result).count();
    }

    /// Nothing failed.
    boolean well() {
        return count(Result.FAIL) == 0;
    }

    /// Lines of at most [Table#WIDTH] characters, the sum last.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Finding each : findings) {
            String head = "%-9s".formatted(each.result());
            lines.addAll(Wrapped.lines(head, MARGIN, each.check() + ": " + each.found(), Table.WIDTH));
            if (!each.todo().isEmpty()) {
                lines.addAll(Wrapped.lines(MARGIN + "-> ", MARGIN + "   ", each.todo(), Table.WIDTH));
            }
        }
        lines.add("");
        lines.add(count(Result.FAIL) + " failed, " + count(Result.WARN) + " to look at, " + count(Result.SKIPPED)
                + " not known, " + count(Result.OK) + " well");
        return lines;
    }

    /// `{summary: {ok, warn, fail, skipped}, checks: [{check, result, found, todo}]}`
    ObjectNode tree() {
        ObjectNode tree = Results.object();
        var summary = tree.putObject("summary");
        for (Result result : Result.values()) {
            summary.put(result.name().toLowerCase(Locale.ROOT), count(result));
        }
        var checks = tree.putArray("checks");
        for (Finding each : findings) {
            checks.addObject()
                    .put("check", each.check())
                    .put("result", each.result().name())
                    .put("found", each.found())
                    .put("todo", each.todo());
        }
        return tree;
    }
}
