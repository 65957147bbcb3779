package dev.snowmelt.cli.kafka;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.schemas.topic.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads what a compacted topic says now.
public final class CompactedTopic {
    private final Config.Kafka kafka;

    public CompactedTopic(Config.Kafka kafka) {
        this.kafka = kafka;
    }

    /// The newest value of every key, up to the end of the topic as of now. Unreadable records are passed over: stages
    /// bury them, people are not helped by them.
    ///
    /// @param wanted keys to keep
    /// @param partitions partitions to read; empty: all
    public <K, V> Map<K, V> read(Topic<K, V> topic, Predicate<K> wanted, List<Integer> partitions) {
        Map<String, Object> config = new HashMap<>(kafka.client());
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
        List<TopicPartition> assigned = (partitions.isEmpty()
                        ? IntStream.range(0, topic.partitions()).boxed().toList()
                        : partitions)
                .stream()
                        .map(partition -> new TopicPartition(topic.name(), partition))
                        .toList();
        Map<K, V> newest = new LinkedHashMap<>();
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(assigned);
            consumer.seekToBeginning(assigned);
            Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
            while (assigned.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> keep(topic, wanted, record, newest));
            }
        }
        return newest;
    }

    private static <K, V> void keep(
            Topic<K, V> topic, Predicate<K> wanted, ConsumerRecord<byte[], byte[]> record, Map<K, V> newest) {
        try {
            K key = topic.keySerde().deserializer().deserialize(topic.name(), record.key());
            if (key == null || !wanted.test(key)) {
                return;
            }
            V value = topic.valueSerde().deserializer().deserialize(topic.name(), record.value());
            if (value == null) {
                newest.remove(key);
            } else {
                newest.put(key, value);
            }
        } catch (SerializationException _) {
            // Said above.
        }
    }
}
