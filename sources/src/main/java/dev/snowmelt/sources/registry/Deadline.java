package dev.snowmelt.sources.registry;

import java.time.Duration;

/// When a call must be over, by the machine's own clock, which nobody sets.
final class Deadline {
    private final Duration whole;
    private final long end;

    Deadline(Duration whole) {
        this.whole = whole;
        this.end = System.nanoTime() + whole.toNanos();
    }

    /// What is left, 1 ms at least: a wait of nothing would be a wait for ever.
    long leftMillis() {
        return Math.max(1, (end - System.nanoTime()) / 1_000_000);
    }

    /// How long it was at first.
    Duration whole() {
        return whole;
    }
}
