package dev.snowmelt.remediator.execute;

import dev.snowmelt.remediator.execute.Declarations.Newest;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What was read of `declarations` so far, and how far that goes. Thread-safe.
final class FollowedDeclarations {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Map<WorkloadId, Newest> newest = new HashMap<>();
    private final long[] positions;
    private final long[] ends;

    FollowedDeclarations(int partitions) {
        positions = new long[partitions];
        ends = new long[partitions];
        restart();
    }

    /// Forgets everything, because reading begins again: whoever waits goes on waiting until it has come as far.
    void restart() {
        lock.lock();
        try {
            newest.clear();
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

    /// @param declaration null: removed
    void put(WorkloadId workload, @Nullable Declaration declaration) {
        lock.lock();
        try {
            if (declaration == null) {
                newest.remove(workload);
            } else {
                newest.put(workload, new Newest.Known(declaration));
            }
        } finally {
            lock.unlock();
        }
    }

    /// The newest record cannot be read: older ones do not hold any more.
    void unreadable(WorkloadId workload, String why) {
        lock.lock();
        try {
            newest.put(workload, new Newest.Unknown("its newest declaration cannot be read: " + why));
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

    /// What is known of a workload when everything before an offset of its partition was taken in.
    ///
    /// @return Unknown when that was not in time
    Newest awaitNewest(WorkloadId workload, int partition, long offset, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (positions[partition] < offset) {
                if (left <= 0) {
                    return new Newest.Unknown("the newest declarations were not read within " + atMost);
                }
                left = moved.awaitNanos(left);
            }
            return newest.getOrDefault(workload, new Newest.Known(null));
        } finally {
            lock.unlock();
        }
    }
}
