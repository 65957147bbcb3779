package dev.snowmelt.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;

/// Tunes every store of a role to a common memory ([RocksMemory]; Streams alone would take 50 MB of cache for each
/// store of
/// each partition), with bloom filters (most keys of a cold start are not there yet) and LZ4. Streams makes it by its
/// class
/// name.
public final class RocksSettings implements RocksDBConfigSetter {
    private static final int BLOOM_BITS = 10;
    private static final int BLOCK_BYTES = 4 << 10;
    private static final int MEMTABLES = 3;

    /// Called by reflection.
    public RocksSettings() {}

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        if (!(configs.get(RocksMemory.CONFIG) instanceof RocksMemory memory)) {
            throw new IllegalStateException("'" + RocksMemory.CONFIG + "' is not set");
        }
        // Streams' own table configuration owns a cache of 50 MB a store; it must be replaced, not added to.
        var table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(memory.cache());
        table.setBlockSize(BLOCK_BYTES);
        table.setFilterPolicy(new BloomFilter(BLOOM_BITS, false));
        table.setCacheIndexAndFilterBlocks(true);
        table.setCacheIndexAndFilterBlocksWithHighPriority(true);
        table.setPinTopLevelIndexAndFilter(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(memory.writeBuffers());
        options.setWriteBufferSize(memory.memtableBytes());
        options.setMaxWriteBufferNumber(MEMTABLES);
        options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    }

    @Override
    public void close(String storeName, Options options) {
        // Cache and write buffers are shared: RocksMemory closes them when the last store is closed.
    }
}
