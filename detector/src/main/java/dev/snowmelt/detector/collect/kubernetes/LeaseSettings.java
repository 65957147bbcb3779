package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.schemas.id.TargetId;
import java.time.Duration;
import java.util.Locale;

/// The lease on which the replicas of a collector agree.
///
/// @param namespace where it lies
/// @param name its name
/// @param duration whoever finds it not renewed for so long may take it; whole seconds, 1 or more
/// @param renewWithin the holder stops when it could not renew for so long; less than `duration`
/// @param retry pause between two attempts to take or renew it
public record LeaseSettings(String namespace, String name, Duration duration, Duration renewWithin, Duration retry) {
    /// @throws IllegalArgumentException when the durations do not fit together
    public LeaseSettings {
        if (duration.toSeconds() < 1 || renewWithin.compareTo(duration) >= 0 || retry.compareTo(renewWithin) >= 0) {
            throw new IllegalArgumentException("a lease needs retry < renewWithin < duration, and duration >= 1 s");
        }
    }

    /// client-go's durations: 15 s, 10 s, 2 s.
    public static LeaseSettings of(TargetId target, String namespace) {
        String name = "snowmelt-collector-"
                + target.name()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9.-]", "-")
                        .replaceAll("[-.]+$", "");
        return new LeaseSettings(
                namespace,
                name.length() > 253 ? name.substring(0, 253) : name,
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofSeconds(2));
    }
}
