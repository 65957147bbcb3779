package dev.snowmelt.cli.demo;

import dev.snowmelt.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads `verdicts` and `remediations` from their beginning, on a thread of its own, as anybody could.
final class Reading implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;

    /// @param take called for each committed record
    Reading(String bootstrapServers, Topics topics, Consumer<ConsumerRecord<byte[], byte[]>> take) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = Stream.of(topics.verdicts(), topics.remediations())
                .<TopicPartition>mapMulti((topic, to) -> IntStream.range(0, topic.partitions())
                        .forEach(p -> to.accept(new TopicPartition(topic.name(), p))))
                .toList();
        consumer.assign(partitions);
        thread = Thread.ofPlatform().name("demo-story").start(() -> read(take));
    }

    private void read(Consumer<ConsumerRecord<byte[], byte[]>> take) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                consumer.poll(Duration.ofMillis(100)).forEach(take);
            }
        } catch (WakeupException _) {
            // closed
        } finally {
            consumer.close();
        }
    }

    @Override
    public void close() {
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
