package dev.snowmelt.cli.scan;

import dev.snowmelt.v1.ScanReport;
import java.util.LinkedHashSet;

/// Puts the pages of one list of drifts together: a page is a scan of its own.
public final class Pages {
    private Pages() {}

    /// The first page's counts and targets with both pages' drifts and problems. What only one page saw is not lost:
    /// the worse result counts.
    ///
    /// @param report the pages so far
    /// @param next the page that begins at their cursor
    public static ScanReport append(ScanReport report, ScanReport next) {
        var all = report.toBuilder()
                .addAllDrifts(next.getDriftsList())
                .setCursor(next.getCursor())
                .setDriftsOmitted(next.getDriftsOmitted())
                .setFinished(next.getFinished());
        if (worse(next.getResult(), report.getResult())) {
            all.setResult(next.getResult());
        }
        var problems = new LinkedHashSet<>(report.getProblemsList());
        problems.addAll(next.getProblemsList());
        next.getTargetsList().stream()
                .filter(target -> !target.getComplete() && !isIncomplete(report, target.getTarget()))
                .forEach(target -> problems.add("scan " + next.getScan() + " of the next page: " + target.getTarget()
                        + ": " + target.getProblem()));
        return all.clearProblems().addAllProblems(problems).build();
    }

    /// The pages so far, when the next one did not come: its drifts stay behind the cursor.
    ///
    /// @param silence what is said instead of the page
    public static ScanReport missing(ScanReport report, ScanReport silence) {
        return report.toBuilder()
                .setResult(ScanReport.Result.INCOMPLETE)
                .setFinished(silence.getFinished())
                .addAllProblems(silence.getProblemsList())
                .build();
    }

    private static boolean isIncomplete(ScanReport report, String target) {
        return report.getTargetsList().stream()
                .anyMatch(each -> each.getTarget().equals(target) && !each.getComplete());
    }

    private static boolean worse(ScanReport.Result one, ScanReport.Result than) {
        return rank(one) > rank(than);
    }

    private static int rank(ScanReport.Result result) {
        return switch (result) {
            case CLEAN -> 0;
            case DRIFT -> 1;
            case INCOMPLETE, RESULT_UNSPECIFIED, UNRECOGNIZED -> 2;
        };
    }
}
