package dev.snowmelt.detector.scan;

import dev.snowmelt.schemas.id.MalformedIdException;
import io.micrometer.core.instrument.Counter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps of a compacted topic what the scanner needs to know of it.
///
/// What it cannot read it counts and says, and what was known before stays. It cannot bury it: every
/// replica reads all of the topic again after each start, and Streams lets a global store write
/// nowhere else.
final class FollowFleet<V> implements Processor<byte[], byte[], Void, Void> {
    private static final Logger log = LoggerFactory.getLogger(FollowFleet.class);

    private final String name;
    private final Function<byte[], @Nullable V> read;
    private final Counter unreadable;
    private @Nullable ProcessorContext<Void, Void> context;
    private @Nullable KeyValueStore<String, V> store;

    /// @param name of the store
    /// @param read what is kept of a value; null: nothing
    /// @param unreadable counts what cannot be read
    FollowFleet(String name, Function<byte[], @Nullable V> read, Counter unreadable) {
        this.name = name;
        this.read = read;
        this.unreadable = unreadable;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        this.context = context;
        store = context.getStateStore(name);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        byte @Nullable [] key = record.key();
        byte @Nullable [] value = record.value();
        if (key == null) {
            complain("it has no key");
            return;
        }
        String text = new String(key, StandardCharsets.UTF_8);
        V kept;
        try {
            kept = value == null ? null : read.apply(value);
        } catch (SerializationException | MalformedIdException e) {
            complain(String.valueOf(e.getMessage()));
            return;
        }
        if (kept == null) {
            Objects.requireNonNull(store).delete(text);
        } else {
            Objects.requireNonNull(store).put(text, kept);
        }
    }

    private void complain(String problem) {
        unreadable.increment();
        Objects.requireNonNull(context)
                .recordMetadata()
                .ifPresent(where -> log.atWarn()
                        .addKeyValue("topic", where.topic())
                        .addKeyValue("partition", where.partition())
                        .addKeyValue("offset", where.offset())
                        .addKeyValue("problem", problem)
                        .log("record passed over"));
    }
}
