package dev.snowmelt.detector.topology;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Snowmelt's topics on an embedded broker, and what a collector and a registrar write there.
final class Broker implements AutoCloseable {
    private final EmbeddedKafka kafka;
    private final Topics topics;
    private final KafkaProducer<byte[], byte @Nullable []> producer;
    private final KafkaConsumer<byte[], byte[]> reader;
    private final Map<SubjectKey, VerdictRecord> world = new HashMap<>();
    private final Map<String, List<Verdict.State>> history = new HashMap<>();

    Broker(EmbeddedKafka kafka, String prefix, int partitions, int replicas) {
        this.kafka = kafka;
        this.topics = new Topics(prefix, partitions);
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, replicas, Math.max(1, replicas - 1), Duration.ofSeconds(30)).provision(topics);
        }
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all", "linger.ms", 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        this.reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<PartitionInfo> partitionsOf =
                reader.partitionsFor(topics.verdicts().name());
        reader.assign(partitionsOf.stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .toList());
    }

    Topics topics() {
        return topics;
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /// Sends and waits for the acknowledgement.
    void declare(Declaration declaration) {
        var key = WorkloadId.parse(declaration.getWorkload());
        send(new ProducerRecord<>(
                topics.declarations().name(),
                topics.declarations().partitionOf(key),
                Keys.utf8(key.toString()),
                declaration.toByteArray()));
    }

    void watch(String workload, Observation observation) {
        observe(workload, observation, 0, Source.WATCH);
    }

    void list(String workload, Observation observation, long snapshot) {
        observe(workload, observation, snapshot, Source.LIST);
    }

    private void observe(String workload, Observation observation, long snapshot, Source source) {
        Integer partition = topics.observations().partitionOf(WorkloadId.parse(workload));
        write(partition, Keys.utf8(workload), observation, snapshot, source);
    }

    /// On every partition.
    void marker(Observation observation, long snapshot) {
        markers(_ -> observation, snapshot);
    }

    /// One for each partition.
    void markers(IntFunction<Observation> observations, long snapshot) {
        for (int partition = 0; partition < topics.partitions(); partition++) {
            write(partition, null, observations.apply(partition), snapshot, Source.LIST);
        }
    }

    private void write(
            @Nullable Integer partition, byte @Nullable [] key, Observation value, long snapshot, Source source) {
        var record = new ProducerRecord<byte[], byte @Nullable []>(
                topics.observations().name(), partition, key, value.toByteArray());
        new ObservationHeader(1, snapshot, 0, System.currentTimeMillis(), source).addTo(record.headers());
        send(record);
    }

    private void send(ProducerRecord<byte[], byte @Nullable []> record) {
        try {
            producer.send(record).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// What the compacted topic `verdicts` says now.
    Map<SubjectKey, VerdictRecord> world() {
        var keys = topics.verdicts().keySerde().deserializer();
        var values = topics.verdicts().valueSerde().deserializer();
        for (var records = reader.poll(Duration.ofMillis(100)); !records.isEmpty(); ) {
            for (var record : records) {
                SubjectKey key = keys.deserialize("", record.key());
                VerdictRecord verdict = record.value() == null ? null : values.deserialize("", record.value());
                if (verdict == null) {
                    world.remove(key);
                } else {
                    world.put(key, verdict);
                    history.computeIfAbsent(key.toString(), _ -> new ArrayList<>())
                            .add(verdict.getInstance().getState());
                }
            }
            records = reader.poll(Duration.ofMillis(20));
        }
        return world;
    }

    VerdictRecord verdict(String key) {
        return world().getOrDefault(SubjectKey.parse(key), VerdictRecord.getDefaultInstance());
    }

    /// Every state that an instance was said to be in, in the order of the log.
    List<Verdict.State> history(String key) {
        world();
        return history.getOrDefault(key, List.of());
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        reader.close();
    }
}
