package dev.snowmelt.remediator.topology;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Options;

/// Makes every store of the planner use the common memory ([RocksMemory]); Streams' default is 50 MB of cache for
/// each store of each partition. Streams makes it by its class name.
public final class RocksSettings implements RocksDBConfigSetter {
    private static final long MEMTABLE_BYTES = 4L << 20;

    /// Called by reflection.
    public RocksSettings() {}

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        // A topology may be run without a Planner around it (tests do): then Streams' own settings will do.
        if (configs.get(RocksMemory.CONFIG) instanceof RocksMemory memory) {
            var table = (BlockBasedTableConfig) options.tableFormatConfig();
            table.setBlockCache(memory.cache());
            table.setCacheIndexAndFilterBlocks(true);
            options.setTableFormatConfig(table);
            options.setWriteBufferManager(memory.writeBuffers());
            options.setWriteBufferSize(MEMTABLE_BYTES);
        }
    }

    @Override
    public void close(String storeName, Options options) {
        // Cache and write buffers are shared: RocksMemory closes them when the last store is closed.
    }
}
