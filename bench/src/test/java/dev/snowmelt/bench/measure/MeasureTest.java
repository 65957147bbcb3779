package dev.snowmelt.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeasureTest {
    private final Results results =
            new Results(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));

    @Test
    void theMedianIgnoresOneDisturbedPair() {
        assertThat(Median.of(List.of(1.0, 100.0, 2.0))).isEqualTo(2.0);
        assertThat(Median.of(List.of(1.0, 2.0))).isEqualTo(1.5);
    }

    @Test
    void latenciesAreCountedFromTheSmallest() {
        var latencies = new Latencies();
        for (int ms = 100; ms >= 1; ms--) {
            latencies.add(ms * 1_000_000L);
        }

        assertThat(latencies.millisAt(0.5)).isEqualTo(50);
        assertThat(latencies.millisAt(0.99)).isEqualTo(99);
        assertThat(latencies.millisAt(1)).isEqualTo(100);
    }

    @Test
    void pairsOfTheWarmUpDoNotCount() {
        long second = Duration.ofSeconds(1).toNanos();
        var pairs = new ArrayDeque<>(List.of(
                new Pairs.Pair(1, second, 1, second),
                new Pairs.Pair(9, second, 1, second),
                new Pairs.Pair(4, second, 2, second),
                new Pairs.Pair(6, second, 2, second)));

        var measured = new Pairs(Duration.ofSeconds(2), 2).run(results, pairs::remove);

        assertThat(measured.ratio()).isEqualTo(2.5);
        assertThat(pairs).isEmpty();
    }

    @Test
    void linesAreMadeForMachines() {
        results.ratio("detector.unchanged", 0.51234, "0.5");
        results.figure("latency.evict.p99", 123.4, "ms", "250");

        assertThat(results.lines())
                .containsExactly(
                        "RATIO detector.unchanged 0.512 target 0.5", "FIGURE latency.evict.p99 123 ms target 250");
    }

    @Test
    void whatWasNotMeasuredIsNoFigure() {
        assertThatThrownBy(() -> results.ratio("x", Double.NaN, "1")).isInstanceOf(BenchException.class);
        assertThatThrownBy(() -> new Latencies().millisAt(0.5)).isInstanceOf(BenchException.class);
        assertThatThrownBy(() -> ThreadMeter.ofThreadsNamed("no such thread")).isInstanceOf(BenchException.class);
    }
}
