package dev.snowmelt.bench.latency;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;

/// A bare consumer on a thread of its own, which hands over what is written to a topic from now on.
public final class Tail<K> implements AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(1);

    private final KafkaConsumer<K, byte[]> consumer;
    private final Consumer<ConsumerRecord<K, byte[]>> reader;
    private final Thread thread;
    private volatile boolean closed;

    /// @param reader called on the tail's thread alone
    public Tail(
            String topic,
            int partitions,
            String bootstrapServers,
            Deserializer<K> keys,
            Consumer<ConsumerRecord<K, byte[]>> reader) {
        this.reader = reader;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                keys,
                new ByteArrayDeserializer());
        var all = IntStream.range(0, partitions)
                .mapToObj(p -> new TopicPartition(topic, p))
                .toList();
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position);
        this.thread = Thread.ofPlatform().name("tail-" + topic).start(this::read);
    }

    private void read() {
        try {
            while (!closed) {
                consumer.poll(POLL).forEach(reader);
            }
        } catch (WakeupException _) {
            // closed
        } finally {
            consumer.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
