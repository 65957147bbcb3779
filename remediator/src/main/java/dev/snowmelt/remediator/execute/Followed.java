package dev.snowmelt.remediator.execute;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What was read of a compacted topic so far, and how far that goes. Thread-safe.
///
/// Each partition is kept by itself: what stands on several of them must not be undone by one that lags behind.
final class Followed<K, V> {
    /// The newest record of a key.
    sealed interface Word<V> {
        /// It says this.
        record Said<V>(V value) implements Word<V> {}

        /// It cannot be read: older ones do not hold any more.
        record Unreadable<V>(String why) implements Word<V> {}
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final List<Map<K, Word<V>>> newest = new ArrayList<>();
    private final long[] positions;
    private final long[] ends;

    Followed(int partitions) {
        for (int i = 0; i < partitions; i++) {
            newest.add(new HashMap<>());
        }
        positions = new long[partitions];
        ends = new long[partitions];
        restart();
    }

    /// Forgets everything, because reading begins again: whoever waits goes on waiting until it has come as far.
    void restart() {
        lock.lock();
        try {
            newest.forEach(Map::clear);
            Arrays.fill(positions, -1);
            Arrays.fill(ends, Long.MAX_VALUE);
        } finally {
            lock.unlock();
        }
    }

    /// Notes where a partition ended when reading began.
    void endedAt(int partition, long end) {
        lock.lock();
        try {
            ends[partition] = end;
        } finally {
            lock.unlock();
        }
    }

    /// @param value null: removed
    void put(int partition, K key, @Nullable V value) {
        lock.lock();
        try {
            if (value == null) {
                newest.get(partition).remove(key);
            } else {
                newest.get(partition).put(key, new Word.Said<>(value));
            }
        } finally {
            lock.unlock();
        }
    }

    /// The newest record cannot be read: older ones do not hold any more.
    void unreadable(int partition, K key, String why) {
        lock.lock();
        try {
            newest.get(partition).put(key, new Word.Unreadable<>(why));
        } finally {
            lock.unlock();
        }
    }

    /// Everything before this offset of the partition was taken in.
    void readTo(int partition, long position) {
        lock.lock();
        try {
            if (positions[partition] != position) {
                positions[partition] = position;
                moved.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean caughtUpOnce() {
        lock.lock();
        try {
            for (int i = 0; i < positions.length; i++) {
                if (positions[i] < ends[i]) {
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Asks a question about a partition when everything before an offset of it was taken in.
    ///
    /// @param question asked once, must be quick; gets what is not to be kept
    /// @throws TimeoutException when that was not in time
    <R> R await(int partition, long offset, Duration atMost, Function<Map<K, Word<V>>, R> question)
            throws InterruptedException, TimeoutException {
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (positions[partition] < offset) {
                if (left <= 0) {
                    throw new TimeoutException("the newest records were not read within " + atMost);
                }
                left = moved.awaitNanos(left);
            }
            return question.apply(newest.get(partition));
        } finally {
            lock.unlock();
        }
    }
}
