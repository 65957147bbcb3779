package dev.snowmelt.streams;

import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/// The memory that all RocksDB stores of a role share: memtables are charged to the block cache, so
/// that the whole is bounded whatever the number of partitions.
final class RocksMemory implements AutoCloseable {
    /// Name of the entry in Streams' settings that holds it.
    static final String CONFIG = "snowmelt.rocks.memory";

    private static final long MOST_MEMTABLE_BYTES = 48L << 20;

    static {
        RocksDB.loadLibrary();
    }

    private final Cache cache;
    private final WriteBufferManager writeBuffers;
    private final long memtableBytes;

    /// @param bytes block cache and memtables together
    RocksMemory(long bytes) {
        cache = new LRUCache(bytes, -1, false, 0.1);
        writeBuffers = new WriteBufferManager(bytes / 2, cache);
        memtableBytes = Math.min(MOST_MEMTABLE_BYTES, bytes / 4);
    }

    Cache cache() {
        return cache;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }

    long memtableBytes() {
        return memtableBytes;
    }

    /// Only after all stores are closed.
    @Override
    public void close() {
        writeBuffers.close();
        cache.close();
    }
}
