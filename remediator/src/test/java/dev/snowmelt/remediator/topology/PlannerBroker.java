package dev.snowmelt.remediator.topology;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Remediation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Snowmelt's topics on an embedded broker; writes as a detector and an executor do, reads what the planner
/// committed.
final class PlannerBroker implements AutoCloseable {
    private final EmbeddedKafka kafka;
    final Topics topics;
    final List<Command> commands = new ArrayList<>();
    final List<Remediation> remediations = new ArrayList<>();
    private final KafkaProducer<byte[], byte @Nullable []> producer;
    private final KafkaConsumer<?, Command> commandReader;
    private final KafkaConsumer<?, Remediation> remediationReader;

    PlannerBroker(EmbeddedKafka kafka, String prefix, int partitions) {
        this.kafka = kafka;
        this.topics = new Topics(prefix, partitions);
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(topics);
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all", "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        commandReader = reader(topics.commands());
        remediationReader = reader(topics.remediations());
    }

    private <K, V> KafkaConsumer<K, V> reader(Topic<K, V> topic) {
        var reader = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", kafka.bootstrapServers(),
                        "auto.offset.reset", "earliest",
                        "isolation.level", "read_committed"),
                topic.keySerde().deserializer(),
                topic.valueSerde().deserializer());
        reader.assign(reader.partitionsFor(topic.name()).stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .toList());
        return reader;
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /// Sends and waits for the acknowledgement.
    <K, V> void send(Topic<K, V> topic, K key, @Nullable V value) {
        try {
            producer.send(new ProducerRecord<>(
                            topic.name(),
                            topic.partitionOf(key),
                            topic.keySerde().serializer().serialize(topic.name(), key),
                            value == null
                                    ? null
                                    : topic.valueSerde().serializer().serialize(topic.name(), value)))
                    .get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Reads what was committed since it was last asked.
    void poll() {
        commandReader.poll(Duration.ofMillis(50)).forEach(record -> commands.add(record.value()));
        remediationReader.poll(Duration.ofMillis(10)).forEach(record -> {
            if (record.value() != null) {
                remediations.add(record.value());
            }
        });
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        commandReader.close();
        remediationReader.close();
    }
}
