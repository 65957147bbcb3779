package dev.snowmelt.detector.collect;

import java.time.Duration;

/// How much older than what was heard of a scan the snapshot may be that answers it.
///
/// @param followed when all that changed since was told: scans cost one list in this time, whatever
/// is the case
/// @param blind when something may not have been told: a watch is down, or there is none
public record Reuse(Duration followed, Duration blind) {
    /// @throws IllegalArgumentException when one is negative
    public Reuse {
        if (followed.isNegative() || blind.isNegative()) {
            throw new IllegalArgumentException("a snapshot cannot be younger than a scan that it answers");
        }
    }

    /// A snapshot is good for scans for so long, as long as it is followed.
    public static Reuse of(Duration followed) {
        return new Reuse(followed, Duration.ZERO);
    }
}
