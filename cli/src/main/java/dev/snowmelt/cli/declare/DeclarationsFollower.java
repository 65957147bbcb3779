package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.Declaration;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// What is declared, kept up to date by a consumer that stays open; not safe for several threads.
final class DeclarationsFollower implements AutoCloseable {
    private static final Duration CALL_WITHIN = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Topic<WorkloadId, Declaration> topic;
    private final InstantSource clock;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Map<WorkloadId, Declaration> declared = new HashMap<>();

    DeclarationsFollower(Config.Kafka kafka, InstantSource clock) {
        this.topic = kafka.topics().declarations();
        this.clock = clock;
        Map<String, Object> config = new HashMap<>(kafka.client());
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) CALL_WITHIN.toMillis());
        consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        partitions = IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /// Everything that is declared as of now; a copy.
    ///
    /// @param within how long it may take
    /// @throws TimeoutException when Kafka does not give it in time
    Map<WorkloadId, Declaration> now(Duration within) {
        Instant deadline = clock.instant().plus(within);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
            if (!clock.instant().isBefore(deadline)) {
                throw new TimeoutException("what is declared could not be read within " + within.toSeconds() + " s");
            }
            consumer.poll(POLL).forEach(this::keep);
        }
        return Map.copyOf(declared);
    }

    private void keep(ConsumerRecord<byte[], byte[]> record) {
        try {
            WorkloadId workload = topic.keySerde().deserializer().deserialize(topic.name(), record.key());
            Declaration declaration = topic.valueSerde().deserializer().deserialize(topic.name(), record.value());
            if (workload != null && declaration == null) {
                declared.remove(workload);
            } else if (workload != null) {
                declared.put(workload, declaration);
            }
        } catch (SerializationException _) {
            // Stages bury it; nothing is concluded from it here.
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
