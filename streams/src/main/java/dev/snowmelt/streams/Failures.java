package dev.snowmelt.streams;

import java.time.Duration;
import java.util.function.LongSupplier;

/// How often threads of a role failed lately. A role that works for years fails now and then; one
/// that fails again before it has worked for [#FORGIVEN_AFTER] has a reason to, and no new thread
/// helps. What counts is the time that it worked: to start may take longer than that.
final class Failures {
    /// After so much work since the last failure that one was an accident.
    static final Duration FORGIVEN_AFTER = Duration.ofMinutes(10);

    private final LongSupplier nanos;
    private int count;
    private long workedNanos;
    private boolean works;
    private long worksSince;

    /// @param nanos as [System#nanoTime]
    Failures(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /// It works from now on, or does not any more.
    synchronized void works(boolean now) {
        if (works) {
            workedNanos += nanos.getAsLong() - worksSince;
        }
        works = now;
        worksSince = nanos.getAsLong();
    }

    /// A thread failed.
    ///
    /// @return how often, this one included, with those that are not forgiven
    synchronized int failed() {
        works(works);
        if (workedNanos >= FORGIVEN_AFTER.toNanos()) {
            count = 0;
        }
        workedNanos = 0;
        return ++count;
    }
}
