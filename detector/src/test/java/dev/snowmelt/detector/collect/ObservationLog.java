package dev.snowmelt.detector.collect;

import com.google.protobuf.ByteString;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.SnapshotEnd;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// Reads what a collector wrote, as the detector would.
public final class ObservationLog implements AutoCloseable {
    /// One record.
    public record Entry(
            int partition,
            long offset,
            @Nullable String key,
            ByteString bytes,
            Observation value,
            ObservationHeader header) {
        public boolean is(Observation.WhatCase what) {
            return value.getWhatCase() == what;
        }
    }

    private final Topics topics;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, CollectorStatus> statuses = new TreeMap<>();

    public ObservationLog(String bootstrapServers, Topics topics) {
        this.topics = topics;
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = Stream.of(
                        topics.observations().name(), topics.collectors().name())
                .flatMap(topic -> java.util.stream.IntStream.range(
                                0, topics.observations().partitions())
                        .mapToObj(partition -> new TopicPartition(topic, partition)))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /// True when nothing was read from it yet, and so nothing is held by it.
    public boolean isEmptySoFar() {
        return entries.isEmpty();
    }

    /// Everything so far, in the order of each partition.
    public List<Entry> all() {
        for (int empty = 0; empty < 2; ) {
            var records = consumer.poll(Duration.ofMillis(20));
            empty = records.isEmpty() ? empty + 1 : 0;
            records.forEach(this::add);
        }
        return List.copyOf(entries);
    }

    private void add(ConsumerRecord<byte[], byte[]> record) {
        if (record.topic().equals(topics.collectors().name())) {
            statuses.put(
                    new String(record.key(), StandardCharsets.UTF_8),
                    topics.collectors().valueSerde().deserializer().deserialize(record.topic(), record.value()));
            return;
        }
        entries.add(new Entry(
                record.partition(),
                record.offset(),
                record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8),
                ByteString.copyFrom(record.value()),
                topics.observations().valueSerde().deserializer().deserialize(record.topic(), record.value()),
                ObservationHeader.of(record.headers()).orElseThrow()));
    }

    public List<Entry> all(Predicate<Entry> which) {
        return all().stream().filter(which).toList();
    }

    public List<Entry> begins() {
        return all(entry -> entry.is(Observation.WhatCase.BEGIN));
    }

    /// ENDs of snapshots that are on every partition by now, by snapshot.
    public Map<Long, List<SnapshotEnd>> ends() {
        Map<Long, List<SnapshotEnd>> bySnapshot = new TreeMap<>();
        for (Entry entry : all(each -> each.is(Observation.WhatCase.END))) {
            bySnapshot
                    .computeIfAbsent(entry.header().snapshot(), _ -> new ArrayList<>())
                    .add(entry.value().getEnd());
        }
        bySnapshot.values().removeIf(ends -> ends.size() < topics.observations().partitions());
        return bySnapshot;
    }

    /// The last ones of [#ends].
    public SnapshotEnd lastEnd() {
        return List.copyOf(ends().values()).getLast().getFirst();
    }

    /// Image facets of one instance, oldest first.
    public List<ImageFacet> facetsOf(String instance) {
        return all(entry -> entry.value().getInstance().getInstance().equals(instance)).stream()
                .map(entry -> entry.value().getInstance().getImage())
                .toList();
    }

    public Map<String, CollectorStatus> statuses() {
        all();
        return Map.copyOf(statuses);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
