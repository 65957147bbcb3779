package dev.snowmelt.bench.ec2;

import dev.snowmelt.bench.measure.Pairs;
import java.time.Duration;

/// How long a run is.
///
/// @param instances in the account
/// @param emulated how often against the emulator itself, after what warm-up
/// @param remembered how often against its remembered answers
public record Ec2Plan(int instances, Pairs emulated, Pairs remembered) {
    /// @throws IllegalArgumentException when there is nothing to do
    public Ec2Plan {
        if (instances < Ec2Account.GROUP) {
            throw new IllegalArgumentException(
                    "at least one group of " + Ec2Account.GROUP + " instances, not " + instances);
        }
    }

    /// The emulator needs half a minute for 5,000 instances, which leaves little for a warm-up to
    /// gain.
    public static Ec2Plan thorough(int instances) {
        return new Ec2Plan(instances, new Pairs(Duration.ofSeconds(5), 5), Pairs.THOROUGH);
    }

    /// For CI.
    public static Ec2Plan quick(int instances) {
        var few = new Pairs(Duration.ofMillis(1), 2);
        return new Ec2Plan(instances, few, few);
    }
}
