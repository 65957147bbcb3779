package dev.snowmelt.cli.config;

import java.time.Duration;
import java.util.Optional;

/// Time between two snapshots of a target. The planner and the alerts know only how long ago the
/// last one was, not how long a collector was told to wait, so there is an upper bound.
final class Resync {
    /// Two of these are as long as CollectorSilent waits.
    private static final Duration LONGEST = Duration.ofMinutes(15);

    private Resync() {}

    static Optional<Duration> read(ConfigReader reader, String key) {
        return reader.value(key, text -> {
            Duration duration = ConfigReader.longerThanNothing(text);
            if (duration.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("must be 15m at most, not '" + text
                        + "': after 30 min without a snapshot the alert CollectorSilent fires, and after 35 min the"
                        + " planner holds everything in the target");
            }
            return duration;
        });
    }
}
