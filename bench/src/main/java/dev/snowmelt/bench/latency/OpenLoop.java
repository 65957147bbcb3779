package dev.snowmelt.bench.latency;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A load that keeps its rate whatever the answers do: event i is due at start + i / rate, and its latency counts from
/// then, even when it could only be sent later.
///
/// @param perSecond events a second, 1 or more
public record OpenLoop(int perSecond) {
    /// What an event does.
    @FunctionalInterface
    public interface Event {
        /// @param number counts from 0
        /// @param due when it should happen, as [System#nanoTime]
        void send(int number, long due);
    }

    /// Sends for a while, on this thread.
    ///
    /// @return how many were sent
    public int run(Duration duration, Event event) {
        int events = Math.toIntExact(duration.toMillis() * perSecond / 1000);
        long start = System.nanoTime();
        for (int i = 0; i < events; i++) {
            long due = start + i * TimeUnit.SECONDS.toNanos(1) / perSecond;
            long wait = due - System.nanoTime();
            while (wait > 0) {
                LockSupport.parkNanos(wait);
                wait = due - System.nanoTime();
            }
            event.send(i, due);
        }
        return events;
    }
}
