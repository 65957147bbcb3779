package dev.snowmelt.cli.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanReport.Result;
import dev.snowmelt.v1.ScanRequest;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What is said while a scan goes on, when it does not end, and when it comes in pages.
class FollowingTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    private final StringWriter err = new StringWriter();

    @Test
    void aLogGetsALineAtAChangeAndNotMoreOftenThanEveryFewSeconds() {
        try (var lines = new ProgressLines(new PrintWriter(err))) {
            lines.show(tallied(0, 0));
            lines.show(tallied(100, 1));
            lines.show(tallied(2_900, 2));
            lines.show(tallied(3_100, 2));
            lines.show(tallied(9_000, 2));
            lines.show(tallied(12_000, 12));
        }

        assertThat(err.toString().lines())
                .containsExactly(
                        "snowmelt: scan 3-17 is asked for",
                        "snowmelt: scan 3-17, 3s: 2 of 12 partitions are counted; waiting for k8s:prod-eu",
                        "snowmelt: scan 3-17, 12s: 12 of 12 partitions are counted; waiting for the report");
    }

    @Test
    void aTerminalGetsOneLineThatIsGoneAtTheEnd() {
        try (var bar = new ProgressBar(new PrintWriter(err))) {
            bar.show(tallied(0, 0));
            bar.show(tallied(1_500, 6));
        }

        List<String> writes = List.of(err.toString().split("\r", -1));
        assertThat(writes.get(1)).startsWith("[....................] 0.0 s, 0 of 12");
        assertThat(writes.get(2)).startsWith("[##########..........] 1.5 s, 6 of 12");
        assertThat(writes.get(3)).isBlank().hasSameSizeAs(writes.get(2).stripTrailing());
        assertThat(writes.getLast()).isEmpty();
        assertThat(err.toString()).doesNotContain("\n");
    }

    @Test
    void noReportIsAReportOfItsOwnThatSaysWhatToCheck() {
        var status = CollectorStatus.newBuilder()
                .setCollector("kubernetes/k8s:prod-eu")
                .setTarget("k8s:prod-eu")
                .setLastSnapshot(com.google.protobuf.util.Timestamps.fromMillis(
                        NOW.minusSeconds(180).toEpochMilli()))
                .setProblem("may not list pods");

        ScanReport report = Silence.report(unanswered(tallied(60_000, 2)), List.of(status.build()), NOW);

        assertThat(report.getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(Findings.exitCode(report)).isEqualTo(3);
        assertThat(report.getProblems(0)).contains("no report came within 1m").contains("'snowmelt detect'");
        assertThat(report.getTargets(0).getProblem())
                .isEqualTo("2 of 12 partitions were counted: check that collector kubernetes/k8s:prod-eu runs, its last"
                        + " snapshot ended 3m ago and it says: may not list pods");
        assertThat(report.getSilentList()).containsExactly("k8s:prod-eu");
    }

    @Test
    void aTargetThatNobodyEverWatchedIsSaid() {
        ScanReport report = Silence.report(unanswered(tallied(60_000, 0)), List.of(), NOW);

        assertThat(report.getTargets(0).getProblem())
                .contains("no collector ever said that it watches this target; start one with 'snowmelt collect'");
    }

    @Test
    void pagesKeepAllDriftsAndTheWorstResult() {
        ScanReport first = Samples.report(Result.DRIFT)
                .addTargets(Samples.complete("k8s:prod-eu"))
                .setTotal(Samples.cart())
                .addDrifts(Samples.outdated(Samples.POD))
                .setCursor("a")
                .setDriftsOmitted(1)
                .build();
        ScanReport last = Samples.report(Result.INCOMPLETE)
                .setScan("3-18")
                .setFinished(Samples.at(9))
                .addTargets(Samples.silent("k8s:prod-eu"))
                .addDrifts(Samples.drifted(Samples.POD, "cart", "x"))
                .build();

        ScanReport all = Pages.append(first, last);

        assertThat(all.getScan()).isEqualTo("3-17");
        assertThat(all.getDriftsCount()).isEqualTo(2);
        assertThat(all.getCursor()).isEmpty();
        assertThat(all.getDriftsOmitted()).isZero();
        assertThat(all.getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(all.getTotal()).isEqualTo(first.getTotal());
        assertThat(all.getProblemsList())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem).startsWith("scan 3-18 of the next page: k8s:prod-eu: its collector"));
    }

    @Test
    void aPageThatDoesNotComeLeavesItsDriftsBehindTheCursor() {
        ScanReport first =
                Samples.report(Result.DRIFT).setCursor("a").setDriftsOmitted(1).build();

        ScanReport all = Pages.missing(first, Silence.report(unanswered(tallied(60_000, 0)), List.of(), NOW));

        assertThat(all.getResult()).isEqualTo(Result.INCOMPLETE);
        assertThat(all.getCursor()).isEqualTo("a");
        assertThat(all.getDriftsOmitted()).isEqualTo(1);
        assertThat(all.getProblemsList()).isNotEmpty();
    }

    private static Tallied tallied(long millis, int counted) {
        return new Tallied("3-17", Duration.ofMillis(millis), 12, new TreeMap<>(Map.of("k8s:prod-eu", counted)), false);
    }

    private static ScanClient.Asked.Unanswered unanswered(Tallied tallied) {
        return new ScanClient.Asked.Unanswered(
                new RecordId(3, 17),
                ScanRequest.newBuilder()
                        .setScope(ScanRequest.Scope.newBuilder().addTargets("k8s:prod-eu"))
                        .build(),
                NOW.minusSeconds(60),
                tallied);
    }
}
