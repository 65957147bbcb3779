package dev.snowmelt.bench.failover;

import java.time.Duration;
import java.util.List;

/// What a run does.
///
/// @param instances pods whose state there is to take over
/// @param standbys with how many standbys, one after the other
/// @param rounds how often each thing is done, 1 or more; the median counts
/// @param rolling rolling restarts too
/// @param beat time between two observations, each of which must be followed by a verdict
/// @param settle how long two members work side by side before anything happens to one
/// @param limit how long anything may take
public record FailoverPlan(
        int instances,
        List<Integer> standbys,
        int rounds,
        boolean rolling,
        Duration beat,
        Duration settle,
        Duration limit) {
    private static final Duration BEAT = Duration.ofMillis(100);

    /// Keeps a copy.
    public FailoverPlan {
        standbys = List.copyOf(standbys);
    }

    /// For figures.
    public static FailoverPlan thorough(int instances) {
        return new FailoverPlan(instances, List.of(1, 0), 3, true, BEAT, Duration.ofSeconds(10), Duration.ofMinutes(4));
    }

    /// Shows that it works.
    public static FailoverPlan quick(int instances) {
        return new FailoverPlan(instances, List.of(1, 0), 1, true, BEAT, Duration.ofSeconds(3), Duration.ofMinutes(3));
    }
}
