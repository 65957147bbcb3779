package dev.snowmelt.sources.registry.resolve;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait after failures: twice as long each time, with a quarter of jitter either way so
/// that replicas do not come back together.
///
/// @param first after the first failure
/// @param longest never longer, but for the jitter
record Backoff(Duration first, Duration longest, RandomGenerator random) {
    /// @param failures 1 or more
    Duration after(int failures) {
        long millis = first.toMillis() << Math.min(failures - 1, 30);
        long bounded = millis <= 0 ? longest.toMillis() : Math.min(millis, longest.toMillis());
        return Duration.ofMillis(Math.max(1, (long) (bounded * (0.75 + random.nextDouble() / 2))));
    }
}
