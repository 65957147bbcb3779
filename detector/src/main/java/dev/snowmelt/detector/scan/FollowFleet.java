package dev.snowmelt.detector.scan;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Keeps of a compacted topic what the scanner needs to know of it.
final class FollowFleet<V> implements Processor<byte[], byte[], Void, Void> {
    private final String name;
    private final Function<byte[], @Nullable V> read;
    private @Nullable KeyValueStore<String, V> store;

    /// @param name of the store
    /// @param read what is kept of a value; null: nothing
    FollowFleet(String name, Function<byte[], @Nullable V> read) {
        this.name = name;
        this.read = read;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        store = context.getStateStore(name);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        byte @Nullable [] key = record.key();
        byte @Nullable [] value = record.value();
        if (key == null) {
            return;
        }
        String text = new String(key, StandardCharsets.UTF_8);
        V kept;
        try {
            kept = value == null ? null : read.apply(value);
        } catch (SerializationException _) {
            // Somebody else's to complain about; what was known of it stays.
            return;
        }
        if (kept == null) {
            Objects.requireNonNull(store).delete(text);
        } else {
            Objects.requireNonNull(store).put(text, kept);
        }
    }
}
