package dev.snowmelt.remediator.execute;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;

/// Which records of one partition are done, when they are not done in their order. Thread-safe.
final class Progress {
    private record Begun(long offset, AtomicBoolean done) {}

    private final Deque<Begun> begun = new ArrayDeque<>();

    /// Begins a record; records are begun in the order of their offsets.
    ///
    /// @return to be run when it is done
    synchronized Runnable begin(long offset) {
        var record = new Begun(offset, new AtomicBoolean());
        begun.addLast(record);
        return () -> record.done().set(true);
    }

    /// The offset to commit when it has moved since the last time: everything before it is done.
    synchronized OptionalLong advance() {
        OptionalLong next = OptionalLong.empty();
        while (!begun.isEmpty() && begun.peekFirst().done().get()) {
            next = OptionalLong.of(begun.removeFirst().offset() + 1);
        }
        return next;
    }

    /// True when nothing is left to be done.
    synchronized boolean idle() {
        return begun.stream().allMatch(record -> record.done().get());
    }
}
