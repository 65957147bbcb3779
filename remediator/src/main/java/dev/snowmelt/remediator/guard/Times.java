package dev.snowmelt.remediator.guard;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;

/// Between Protobuf's times and Java's.
public final class Times {
    private static final long FIRST_SECOND =
            Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
    private static final long LAST_SECOND =
            Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
    private static final long LONGEST_SECONDS = 315_576_000_000L;

    private Times() {}

    /// Bad input never stops a stage: what Protobuf does not allow is read as the nearest time that it does.
    public static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(
                Math.clamp(timestamp.getSeconds(), FIRST_SECOND, LAST_SECOND),
                Math.clamp(timestamp.getNanos(), 0, 999_999_999));
    }

    public static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    public static Duration duration(com.google.protobuf.Duration duration) {
        return Duration.ofSeconds(
                Math.clamp(duration.getSeconds(), -LONGEST_SECONDS, LONGEST_SECONDS), duration.getNanos());
    }

    public static com.google.protobuf.Duration protobuf(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }
}
