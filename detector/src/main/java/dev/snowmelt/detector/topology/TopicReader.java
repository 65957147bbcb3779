package dev.snowmelt.detector.topology;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads a piece of a partition beside Streams, for no group, and as Streams does only what was
/// committed. Markers of transactions, and what was aborted, of which a reader gets nothing, may be
/// all there is at its end.
final class TopicReader {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Map<String, Object> config;
    private final Duration within;
    private final BooleanSupplier closing;

    /// @param clients how brokers are reached
    /// @param within how long it waits for brokers that send nothing
    /// @param closing true: nobody waits for what it reads any more
    TopicReader(Map<String, Object> clients, Duration within, BooleanSupplier closing) {
        config = new HashMap<>(clients);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        this.within = within;
        this.closing = closing;
    }

    /// Shows the records from an offset on up to, but not at, another one.
    ///
    /// @throws KafkaException when it does not get there
    void read(TopicPartition partition, long from, long end, EndOffsets.Look look) {
        if (from >= end) {
            return;
        }
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, from);
            long position = from;
            long moved = System.nanoTime();
            while (position < end) {
                for (var record : consumer.poll(POLL)) {
                    if (record.offset() < end) {
                        look.at(record.offset(), record.timestamp(), record.key(), record.value());
                    }
                }
                long now = consumer.position(partition);
                if (now > position) {
                    position = now;
                    moved = System.nanoTime();
                } else if (closing.getAsBoolean() || System.nanoTime() - moved > within.toNanos()) {
                    throw new KafkaException(partition + " cannot be read from " + position + " to " + end);
                }
            }
        }
    }
}
