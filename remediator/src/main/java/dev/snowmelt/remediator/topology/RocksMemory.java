package dev.snowmelt.remediator.topology;

import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/// The memory that all RocksDB stores of a planner share, whatever the number of partitions.
final class RocksMemory implements AutoCloseable {
    /// Name of the entry in Streams' settings that holds it.
    static final String CONFIG = "snowmelt.rocks.memory";

    static {
        RocksDB.loadLibrary();
    }

    private final Cache cache;
    private final WriteBufferManager writeBuffers;

    /// @param bytes block cache and memtables together
    RocksMemory(long bytes) {
        cache = new LRUCache(bytes, -1, false, 0.1);
        writeBuffers = new WriteBufferManager(bytes / 2, cache);
    }

    Cache cache() {
        return cache;
    }

    WriteBufferManager writeBuffers() {
        return writeBuffers;
    }

    /// Only after all stores are closed.
    @Override
    public void close() {
        writeBuffers.close();
        cache.close();
    }
}
