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

/// The scanner's meters.
final class ScannerMetrics {
    final Counter deadLetters;
    private final Map<ScanReport.Result, Timer> scans = new EnumMap<>(ScanReport.Result.class);

    ScannerMetrics(MeterRegistry registry) {
        deadLetters = Counter.builder("snowmelt.scanner.dead.letters")
                .description("Requests and tallies of scans that could not be read")
                .register(registry);
        for (ScanReport.Result result : ScanReport.Result.values()) {
            if (result != ScanReport.Result.RESULT_UNSPECIFIED && result != ScanReport.Result.UNRECOGNIZED) {
                scans.put(
                        result,
                        Timer.builder("snowmelt.scanner.scans")
                                .description("Scans from request to report, by result")
                                .tag("result", result.name().toLowerCase(Locale.ROOT))
                                .register(registry));
            }
        }
    }

    void reported(ScanReport report) {
        Timer timer = scans.get(report.getResult());
        if (timer != null) {
            long millis = Timestamps.toMillis(report.getFinished()) - Timestamps.toMillis(report.getStarted());
            timer.record(Duration.ofMillis(Math.max(0, millis)));
        }
    }
}
