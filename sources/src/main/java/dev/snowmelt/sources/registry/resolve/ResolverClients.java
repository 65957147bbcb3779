package dev.snowmelt.sources.registry.resolve;

import dev.snowmelt.schemas.topic.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// The role's Kafka clients.
final class ResolverClients {
    private final ResolverSettings settings;

    ResolverClients(ResolverSettings settings) {
        this.settings = settings;
    }

    KafkaConsumer<byte @Nullable [], byte @Nullable []> declarations() {
        return new KafkaConsumer<>(reading("declarations"), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// In the group, but nothing is ever committed: whoever gets a partition reads all of it.
    KafkaConsumer<byte @Nullable [], byte @Nullable []> verdicts() {
        Map<String, Object> properties = reading("verdicts");
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
        properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 3_000);
        properties.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /// Where proposals go.
    Proposals producer() {
        Map<String, Object> properties = common("proposals");
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        return new Proposals(new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    /// Sends and tells failures; what got lost is proposed again when the registrar's answer does
    /// not show.
    record Proposals(KafkaProducer<byte[], byte[]> producer) implements AutoCloseable {
        void send(String topic, byte[] value, Consumer<Exception> failed) {
            var _ = producer.send(new ProducerRecord<>(topic, value), (_, e) -> {
                if (e != null) {
                    failed.accept(e);
                }
            });
        }

        @Override
        public void close() {
            producer.close(Duration.ofSeconds(2));
        }
    }

    /// Assigns all of a topic, from its beginning.
    CatchUp fromBeginning(
            org.apache.kafka.clients.consumer.Consumer<byte @Nullable [], byte @Nullable []> consumer,
            Topic<?, ?> topic) {
        List<TopicPartition> all = IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        return new CatchUp(new HashMap<>(consumer.endOffsets(all)));
    }

    /// What is still to be read of what was there at the start.
    record CatchUp(Map<TopicPartition, Long> ends) {
        boolean reached(org.apache.kafka.clients.consumer.Consumer<?, ?> consumer) {
            ends.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
            return ends.isEmpty();
        }
    }

    private Map<String, Object> reading(String what) {
        Map<String, Object> properties = common(what);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return properties;
    }

    private Map<String, Object> common(String what) {
        var properties = new HashMap<>(settings.kafka());
        properties.put("client.id", settings.group() + "-" + what);
        return properties;
    }
}
