package dev.snowmelt.cli.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.config.Otlp;
import dev.snowmelt.schemas.trace.Tracing;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Which ways are told: the last bit of a header says whether its way is (W3C Trace Context).
class RoleTracingTest {
    private static final Instant AT = Instant.parse("2026-11-01T12:00:00Z");
    private static final String WAY = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";
    private static final String TOLD = "01";
    private static final String NOT_TOLD = "00";

    @Test
    void asManyWaysAreToldAsTheRatioSays() {
        assertThat(toldOf(1000, 1)).isEqualTo(1000);
        assertThat(toldOf(1000, 0)).isZero();
        assertThat(toldOf(1000, 0.25)).isBetween(150L, 350L);
    }

    @Test
    void aWayIsToldWholeOrNotAtAll() {
        assertThat(step(0, WAY + TOLD)).startsWith(WAY.substring(0, 36)).matches(RoleTracingTest::told);
        assertThat(step(1, WAY + NOT_TOLD)).startsWith(WAY.substring(0, 36)).matches(header -> !told(header));
    }

    private static long toldOf(int ways, double ratio) {
        try (var tracing = tracing(ratio)) {
            return IntStream.range(0, ways)
                    .filter(_ -> told(header(tracing, null)))
                    .count();
        }
    }

    private static boolean told(String header) {
        return (Integer.parseInt(header.substring(header.lastIndexOf('-') + 1), 16) & 1) == 1;
    }

    private static String step(double ratio, String parent) {
        try (var tracing = tracing(ratio)) {
            return header(tracing, parent.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /// Nothing ends here, so nothing is sent to where nobody listens.
    private static RoleTracing tracing(double ratio) {
        return RoleTracing.of(new Otlp(Optional.of(URI.create("http://127.0.0.1:1")), ratio), "plan");
    }

    private static String header(RoleTracing tracing, byte @Nullable [] parent) {
        Tracing.Step step =
                Objects.requireNonNull(Tracing.of(tracing.into(Map.of())).begin("plan", parent, AT, Map.of()));
        return new String(step.header(), StandardCharsets.US_ASCII);
    }
}
