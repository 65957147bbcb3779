package dev.snowmelt.remediator.execute;

import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Executors over an embedded broker, each test on topics of its own prefix.
final class ExecutorHarness implements AutoCloseable {
    final Topics topics = new Topics("t" + UUID.randomUUID().toString().substring(0, 8) + ".", 3);
    final InMemoryPlatform platform = new InMemoryPlatform();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final EmbeddedKafka kafka;
    private final Map<TargetId, Platform> platforms;
    private final KafkaProducer<byte @Nullable [], byte @Nullable []> producer;

    ExecutorHarness(EmbeddedKafka kafka) {
        this(kafka, Map.of());
    }

    /// @param platforms empty: the one in memory
    ExecutorHarness(EmbeddedKafka kafka, Map<TargetId, Platform> platforms) {
        this.kafka = kafka;
        this.platforms = platforms.isEmpty() ? Map.of(Commands.TARGET, platform.platform()) : platforms;
        try (Admin admin = Admin.create(clients())) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(topics);
        }
        producer = new KafkaProducer<>(clients(), new ByteArraySerializer(), new ByteArraySerializer());
    }

    Map<String, Object> clients() {
        return Map.of("bootstrap.servers", kafka.bootstrapServers());
    }

    /// A started executor of the one group, at noon.
    Executor start() {
        return start(InstantSource.fixed(Commands.NOON));
    }

    Executor start(InstantSource clock) {
        return started(platforms, clock, registry);
    }

    /// Another member of the group, which reaches the targets by these platforms.
    Executor start(Map<TargetId, Platform> others) {
        return started(others, InstantSource.fixed(Commands.NOON), new SimpleMeterRegistry());
    }

    private Executor started(Map<TargetId, Platform> reached, InstantSource clock, SimpleMeterRegistry meters) {
        var executor = new Executor(
                topics, ExecutorSettings.of(topics.commands().name() + "-executor", clients()), reached, clock, meters);
        executor.start();
        return executor;
    }

    void declare(Declaration declaration) {
        WorkloadId workload = WorkloadId.parse(declaration.getWorkload());
        send(new ProducerRecord<>(
                topics.declarations().name(),
                topics.declarations().partitionOf(workload),
                key(workload),
                declaration.toByteArray()));
    }

    /// On the partitions where the registrar writes it.
    ///
    /// @param override null: withdrawn
    void say(OverrideKey key, dev.snowmelt.v1.@Nullable Override override) {
        var topic = topics.overrides();
        for (int i = 0; i < topic.partitions(); i++) {
            if (key.target().isEmpty() || Integer.valueOf(i).equals(topic.partitionOf(key))) {
                send(new ProducerRecord<>(
                        topic.name(),
                        i,
                        topic.keySerde().serializer().serialize("", key),
                        override == null ? null : override.toByteArray()));
            }
        }
    }

    void command(Command command) {
        send(commandRecord(command));
    }

    ProducerRecord<byte @Nullable [], byte @Nullable []> commandRecord(Command command) {
        WorkloadId workload = WorkloadId.parse(command.getWorkload());
        return new ProducerRecord<>(
                topics.commands().name(),
                topics.commands().partitionOf(workload),
                key(workload),
                command.toByteArray());
    }

    byte[] key(WorkloadId workload) {
        return Objects.requireNonNull(topics.commands().keySerde().serializer().serialize("", workload));
    }

    void send(ProducerRecord<byte @Nullable [], byte @Nullable []> record) {
        try {
            var _ = producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("cannot write", e);
        }
    }

    /// Every outcome so far, by partition and offset.
    List<Outcome> outcomes() {
        return read(topics.outcomes().name()).stream()
                .map(record -> Objects.requireNonNull(
                        topics.outcomes().valueSerde().deserializer().deserialize("", record.value())))
                .toList();
    }

    Outcome awaitOutcome(String command) {
        return awaitOutcomes(1, command).getFirst();
    }

    List<Outcome> awaitOutcomes(int count, String command) {
        return await().atMost(Duration.ofSeconds(40))
                .until(
                        () -> outcomes().stream()
                                .filter(outcome -> outcome.getCommand().equals(command))
                                .toList(),
                        found -> found.size() >= count);
    }

    List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        try (var consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            while (partitions.stream().anyMatch(at -> consumer.position(at) < ends.getOrDefault(at, 0L))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    /// The group's committed offset on the partition of the commands.
    long committed() {
        try (Admin admin = Admin.create(clients())) {
            return Optional.ofNullable(admin.listConsumerGroupOffsets(
                                    topics.commands().name() + "-executor")
                            .partitionsToOffsetAndMetadata()
                            .get()
                            .get(new TopicPartition(
                                    topics.commands().name(),
                                    Objects.requireNonNull(topics.commands().partitionOf(Commands.CART)))))
                    .map(offset -> offset.offset())
                    .orElse(0L);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError("cannot read offsets", e);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
