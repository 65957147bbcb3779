package dev.snowmelt.detector.scan;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.ScanReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;

/// The scanner's meters.
final class ScannerMetrics {
    private static final Duration[] BOUNDS = LongStream.of(1, 2, 5, 10, 30, 60, 120, 300, 600)
            .mapToObj(Duration::ofSeconds)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    final Counter deadLetters;
    private final Map<ScanReport.Result, Timer> scans = new EnumMap<>(ScanReport.Result.class);

    ScannerMetrics(MeterRegistry registry) {
        this.registry = registry;
        deadLetters = Counter.builder("snowmelt.dead.letters")
                .description("Records that a stage could not use and put into the dead letters")
                .tag("stage", "scanner")
                .register(registry);
        for (ScanReport.Result result : ScanReport.Result.values()) {
            if (result != ScanReport.Result.RESULT_UNSPECIFIED && result != ScanReport.Result.UNRECOGNIZED) {
                scans.put(
                        result,
                        Timer.builder("snowmelt.scanner.scans")
                                .description("Scans from request to report, by result")
                                .tag("result", result.name().toLowerCase(Locale.ROOT))
                                .serviceLevelObjectives(BOUNDS)
                                .register(registry));
            }
        }
    }

    /// Counts what cannot be read of a topic that is followed as a whole.
    Counter unreadable(String topic) {
        return Counter.builder("snowmelt.scanner.unreadable")
                .description(
                        "Records of topics that are followed as a whole that could not be read and were passed over")
                .tag("topic", topic)
                .register(registry);
    }

    void reported(ScanReport report) {
        Timer timer = scans.get(report.getResult());
        if (timer != null) {
            long millis = Timestamps.toMillis(report.getFinished()) - Timestamps.toMillis(report.getStarted());
            timer.record(Duration.ofMillis(Math.max(0, millis)));
        }
    }
}
