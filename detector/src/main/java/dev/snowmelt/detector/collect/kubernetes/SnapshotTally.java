package dev.snowmelt.detector.collect.kubernetes;

/// What one snapshot has counted so far; used by one thread.
final class SnapshotTally {
    private final long snapshot;
    private final long[] records;
    private long instances;
    private long unreadable;

    SnapshotTally(long snapshot, int partitions) {
        this.snapshot = snapshot;
        this.records = new long[partitions];
    }

    long snapshot() {
        return snapshot;
    }

    void countRecord(int partition) {
        records[partition]++;
    }

    void countInstance() {
        instances++;
    }

    void countUnreadable() {
        unreadable++;
    }

    long recordsOn(int partition) {
        return records[partition];
    }

    long instances() {
        return instances;
    }

    /// Objects that are there but could not be read: such a snapshot says nothing about what is missing.
    long unreadable() {
        return unreadable;
    }
}
