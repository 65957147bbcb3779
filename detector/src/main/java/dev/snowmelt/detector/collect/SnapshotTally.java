package dev.snowmelt.detector.collect;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/// What one snapshot has counted so far. May be used by several threads, whose counts are complete
/// when the list has returned.
public final class SnapshotTally {
    private final long snapshot;
    private final AtomicLongArray records;
    private final AtomicLong instances = new AtomicLong();
    private final AtomicLong unreadable = new AtomicLong();

    SnapshotTally(long snapshot, int partitions) {
        this.snapshot = snapshot;
        this.records = new AtomicLongArray(partitions);
    }

    long snapshot() {
        return snapshot;
    }

    void countRecord(int partition) {
        records.incrementAndGet(partition);
    }

    /// An instance exists: whether a snapshot is believed rests on their number.
    public void countInstance() {
        instances.incrementAndGet();
    }

    /// Something exists that could not be read: such a snapshot says nothing about what is missing.
    public void countUnreadable() {
        unreadable.incrementAndGet();
    }

    long recordsOn(int partition) {
        return records.get(partition);
    }

    long instances() {
        return instances.get();
    }

    long unreadable() {
        return unreadable.get();
    }
}
