package dev.snowmelt.cli.demo;

import dev.snowmelt.cli.scan.ScanClient;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import dev.snowmelt.v1.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Scans in the demo's story: everything is looked at anew, and what is found is told.
final class DemoScans {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final ScanClient client;
    private final Consumer<String> line;

    DemoScans(ScanClient client, Consumer<String> line) {
        this.client = client;
        this.line = line;
    }

    /// Scans every target and tells the result; empty: no report came.
    Optional<ScanReport> tell() throws InterruptedException {
        return switch (client.ask(ScanRequest.Scope.getDefaultInstance(), "demo", LONGEST, _ -> {})) {
            case ScanClient.Asked.Answered(ScanReport report) -> {
                line.accept("scanned   %s: %s".formatted(report.getResult(), findings(report)));
                yield Optional.of(report);
            }
            case ScanClient.Asked.Unanswered unanswered -> {
                line.accept("scanned   no report came: " + unanswered.tallied().words());
                yield Optional.empty();
            }
        };
    }

    private static String findings(ScanReport report) {
        List<String> found = new ArrayList<>();
        found.add(report.getTotal().getConformant() + " of " + all(report) + " conformant");
        report.getDriftsList()
                .forEach(verdict ->
                        found.add(InstanceId.parse(verdict.getInstance()).name() + " " + verdict.getState()));
        report.getWorkloadDriftsList()
                .forEach(each -> found.add(WorkloadId.parse(each.getWorkload()).name() + " "
                        + each.getDriftsList().stream()
                                .map(drift -> drift.getKind().name())
                                .collect(Collectors.joining(" "))));
        report.getTargetsList().stream()
                .filter(target -> !target.getComplete())
                .forEach(target -> found.add(target.getTarget() + " " + target.getProblem()));
        found.addAll(report.getProblemsList());
        return String.join(", ", found);
    }

    private static int all(ScanReport report) {
        ScanReport.WorkloadCount total = report.getTotal();
        return total.getConformant()
                + total.getOutdated()
                + total.getDrifted()
                + total.getUndeclared()
                + total.getUnverified();
    }

    /// Scans once more and compares.
    ///
    /// @param drifted the instances that must be found, and nothing else
    /// @param split their workloads, whose replicas therefore are not all alike
    List<String> violations(Set<InstanceId> drifted, Set<WorkloadId> split) throws InterruptedException {
        Optional<ScanReport> report = tell();
        if (report.isEmpty()) {
            return List.of("the last scan was not reported on");
        }
        Set<String> expected = drifted.stream().map(InstanceId::toString).collect(Collectors.toSet());
        Set<String> found = report.get().getDriftsList().stream()
                .map(Verdict::getInstance)
                .collect(Collectors.toCollection(TreeSet::new));
        return found.equals(expected)
                        && report.get().getWorkloadDriftsList().stream()
                                .allMatch(each -> split.contains(WorkloadId.parse(each.getWorkload())))
                        && report.get().getResult() == ScanReport.Result.DRIFT
                ? List.of()
                : List.of("the last scan should have found " + expected + " and nothing else, but ended "
                        + report.get().getResult() + ": " + findings(report.get()));
    }
}
