package dev.snowmelt.detector.collect;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// Pauses between attempts that double up to a limit, each shortened by a random part (up to half),
/// so that many clients do not come back at once. Used by one thread.
public final class Backoff {
    private final Duration first;
    private final Duration limit;
    private int attempts;

    public Backoff(Duration first, Duration limit) {
        this.first = first;
        this.limit = limit;
    }

    /// How long to wait before the next attempt.
    public Duration next() {
        long full = Math.min(limit.toMillis(), first.toMillis() << Math.min(attempts, 20));
        attempts++;
        return Duration.ofMillis(full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1));
    }

    /// An attempt succeeded.
    public void reset() {
        attempts = 0;
    }
}
