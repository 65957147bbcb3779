package dev.snowmelt.detector.collect;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.CollectorStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What collectors said of themselves on the topic `collectors`: read back at the start, so that
/// promise S9 and the order of epochs survive a restart.
final class CollectorLog {
    private static final Logger log = LoggerFactory.getLogger(CollectorLog.class);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Map<String, Object> kafka;
    private final Topic<String, CollectorStatus> topic;

    /// @param kafka how to reach Kafka
    CollectorLog(Map<String, Object> kafka, Topic<String, CollectorStatus> topic) {
        this.kafka = kafka;
        this.topic = topic;
    }

    /// The newest word about a target, whichever collector said it.
    ///
    /// @throws KafkaException when it cannot be read to the end within 20 s
    Optional<CollectorStatus> newest(TargetId target) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "statuses-" + target.name());
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return read(consumer, consumer.endOffsets(partitions), target);
        }
    }

    private Optional<CollectorStatus> read(
            Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, TargetId target) {
        Optional<CollectorStatus> newest = Optional.empty();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            if (System.nanoTime() > deadline) {
                throw new TimeoutException("cannot read " + topic.name() + " to its end");
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                newest = newer(newest, parse(record), target);
            }
        }
        return newest;
    }

    private Optional<CollectorStatus> parse(ConsumerRecord<byte[], byte[]> record) {
        try {
            return Optional.ofNullable(topic.valueSerde().deserializer().deserialize(record.topic(), record.value()));
        } catch (SerializationException e) {
            // The scanner counts it: it reads all of the topic too.
            log.atWarn()
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .addKeyValue("problem", e.getMessage())
                    .log("record passed over");
            return Optional.empty();
        }
    }

    /// The higher epoch is newer; within one, the later record.
    private static Optional<CollectorStatus> newer(
            Optional<CollectorStatus> known, Optional<CollectorStatus> next, TargetId target) {
        return next.filter(status -> status.getTarget().equals(target.toString()))
                .filter(status ->
                        known.isEmpty() || status.getEpoch() >= known.get().getEpoch())
                .or(() -> known);
    }
}
