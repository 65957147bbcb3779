package dev.snowmelt.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.snowmelt.bench.detector.DetectorBench;
import dev.snowmelt.bench.detector.Plan;
import dev.snowmelt.bench.ec2.Ec2Bench;
import dev.snowmelt.bench.ec2.Ec2Plan;
import dev.snowmelt.bench.failover.FailoverBench;
import dev.snowmelt.bench.failover.FailoverPlan;
import dev.snowmelt.bench.fleet.Change;
import dev.snowmelt.bench.latency.LatencyBench;
import dev.snowmelt.bench.latency.OpenLoop;
import dev.snowmelt.bench.measure.Pairs;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.bench.scan.ScanBench;
import dev.snowmelt.bench.scan.ScanPlan;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.kafka.BrokerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Tiny runs, so that the benchmarks cannot rot: they must find that the detector did its work, and
/// print every line that they promise. The figures themselves mean nothing here.
@Timeout(180)
class BenchIT {
    private static final Pairs ONE = new Pairs(Duration.ofMillis(1), 1);
    private static final String NUMBER = " [0-9.]+ ";

    @Test
    void theDetectorsBenchmarkVerifiesItsWorkAndPrintsItsLines() throws IOException {
        var plan = new Plan(
                400,
                2,
                2000,
                Duration.ofMillis(1),
                ONE,
                Set.of(Storage.MEMORY, Storage.ROCKSDB),
                EnumSet.of(Change.NONE, Change.ONE_PERCENT, Change.ALL),
                Map.of());
        var results = new Results(System.err);

        try (var broker = BrokerProcess.start()) {
            new DetectorBench(plan, results).run(broker.bootstrapServers());
        }

        assertLines(
                results.lines(),
                "RATIO detector.unchanged" + NUMBER + "target 0.5",
                "FIGURE detector.unchanged.cpu" + NUMBER + "us target 1.7",
                "FIGURE detector.unchanged.allocation" + NUMBER + "KB target 2.0",
                "RATIO detector.changed.rocksdb" + NUMBER + "target 0.06",
                "FIGURE detector.restart" + NUMBER + "s target 10",
                "RATIO detector.changed.memory" + NUMBER + "target 0.12");
    }

    @Test
    void theLatencyBenchmarkPrintsItsLines() throws IOException, InterruptedException {
        var plan = new LatencyBench.Plan(
                2000,
                new OpenLoop(100),
                Duration.ofSeconds(1),
                ONE,
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Map.of());
        var results = new Results(System.err);

        try (var broker = BrokerProcess.start()) {
            new LatencyBench(plan, results).run(broker.bootstrapServers());
        }

        assertLines(
                results.lines(),
                "RATIO latency.verdict" + NUMBER + "target 4",
                "FIGURE latency.evict.p99" + NUMBER + "ms target 250");
    }

    @Test
    @Timeout(300)
    void theScansBenchmarkPrintsItsLines() throws IOException, InterruptedException {
        var results = new Results(System.err);

        try (var broker = BrokerProcess.start()) {
            new ScanBench(new ScanPlan(300, ONE, 1), results).run(broker.bootstrapServers());
        }

        assertLines(
                results.lines(),
                "RATIO scan.list" + NUMBER + "target 2.0",
                "FIGURE scan.seconds" + NUMBER + "s target -",
                "FIGURE scan.list.seconds" + NUMBER + "s target -",
                "FIGURE scan.requests" + NUMBER + "requests target -",
                "FIGURE scan.once" + NUMBER + "s target -");
    }

    @Test
    void theBenchmarkOfEc2PrintsItsLines() {
        assumeTrue(
                Moto.absence().isEmpty() || "required".equals(System.getenv("SNOWMELT_TEST_MOTO")),
                () -> Moto.absence().orElse(""));
        var results = new Results(System.err);

        try (var moto = Moto.open();
                var broker = BrokerProcess.start()) {
            new Ec2Bench(new Ec2Plan(100, ONE, ONE), results).run(moto, broker.bootstrapServers());
        }

        assertLines(
                results.lines(),
                "RATIO ec2.snapshot" + NUMBER + "target 1.5",
                "FIGURE ec2.snapshot.seconds" + NUMBER + "s target -",
                "FIGURE ec2.list.seconds" + NUMBER + "s target -",
                "FIGURE ec2.calls 3.00 calls target -",
                "RATIO ec2.snapshot.remembered" + NUMBER + "target -",
                "FIGURE ec2.snapshot.remembered.seconds" + NUMBER + "s target -");
    }

    @Test
    void theBenchmarkOfTakeoversPrintsItsLine() throws IOException, InterruptedException {
        var results = new Results(System.err);
        var plan = new FailoverPlan(
                400, List.of(1), 1, false, Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofMinutes(2));

        try (var broker = BrokerProcess.start()) {
            new FailoverBench(plan, results).run(broker.bootstrapServers());
        }

        assertLines(results.lines(), "FIGURE failover.kill.standby" + NUMBER + "ms target -");
    }

    private static void assertLines(List<String> lines, String... patterns) {
        assertThat(lines).hasSize(patterns.length);
        for (int i = 0; i < patterns.length; i++) {
            assertThat(lines.get(i)).matches(patterns[i]);
        }
    }
}
