package dev.snowmelt.bench.scan;

import dev.snowmelt.bench.measure.Pairs;
import java.time.Duration;

/// How long a run is.
///
/// @param pods in the cluster
/// @param pairs how often, after what warm-up
/// @param onces how often `scan --once` is run
public record ScanPlan(int pods, Pairs pairs, int onces) {
    /// @throws IllegalArgumentException when there is nothing to do
    public ScanPlan {
        if (pods < 1 || onces < 1) {
            throw new IllegalArgumentException("at least 1 pod and 1 run, not " + pods + " and " + onces);
        }
    }

    /// What design §9 asks for.
    public static ScanPlan thorough(int pods) {
        return new ScanPlan(pods, Pairs.THOROUGH, 3);
    }

    /// For CI.
    public static ScanPlan quick(int pods) {
        return new ScanPlan(pods, new Pairs(Duration.ofMillis(1), 2), 1);
    }
}
