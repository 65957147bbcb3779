package dev.snowmelt.remediator.topology;

import com.google.protobuf.Message;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.WorkloadStanding;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// Verdicts, overrides and outcomes in; commands, remediations, evidence and proposals out. Partition i of each
/// input makes task i, where all of a target meets.
public final class PlannerTopology {
    private static final String PLAN = "plan";

    private final Topics topics;
    private final PlannerSettings settings;
    private final PlannerMetrics metrics;

    public PlannerTopology(Topics topics, PlannerSettings settings, MeterRegistry registry) {
        this.topics = topics;
        this.settings = settings;
        this.metrics = new PlannerMetrics(registry);
    }

    /// Without meters.
    public PlannerTopology(Topics topics, PlannerSettings settings) {
        this(topics, settings, new CompositeMeterRegistry());
    }

    /// The topology; to be run with exactly-once.
    public Topology build() {
        var topology = new Topology();
        addSource(topology, "read-verdicts", topics.verdicts());
        addSource(topology, "read-overrides", topics.overrides());
        addSource(topology, "read-outcomes", topics.outcomes());
        topology.addProcessor(
                PLAN,
                () -> new PlanProcessor(topics, settings, metrics),
                "read-verdicts",
                "read-overrides",
                "read-outcomes");
        var subjects = topics.verdicts().keySerde();
        topology.addStateStore(large(StoreMemory.CENSUS, subjects, CensusEntry.getDefaultInstance()), PLAN);
        topology.addStateStore(
                large(StoreMemory.REMEDIATIONS, subjects, TrackedRemediation.getDefaultInstance()), PLAN);
        topology.addStateStore(
                store(
                        Stores.inMemoryKeyValueStore(StoreMemory.OVERRIDES),
                        topics.overrides().keySerde(),
                        topics.overrides().valueSerde()),
                PLAN);
        topology.addStateStore(
                small(StoreMemory.TARGETS, Serdes.key(TargetId::parse), TargetStanding.getDefaultInstance()), PLAN);
        topology.addStateStore(
                small(StoreMemory.WORKLOADS, topics.declarations().keySerde(), WorkloadStanding.getDefaultInstance()),
                PLAN);
        addSink(topology, TopicOutbox.COMMANDS, topics.commands());
        addSink(topology, TopicOutbox.REMEDIATIONS, topics.remediations());
        addSink(topology, TopicOutbox.EVIDENCE, topics.evidence());
        addSink(topology, TopicOutbox.PROPOSALS, topics.proposals());
        topology.addSink(
                TopicOutbox.DEAD_LETTERS,
                topics.deadLetters().name(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                PLAN);
        return topology;
    }

    private static void addSource(Topology topology, String node, Topic<?, ?> topic) {
        topology.addSource(
                AutoOffsetReset.earliest(),
                node,
                // A negative timestamp is no reason to stop.
                (record, _) -> Math.max(0, record.timestamp()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topic.name());
    }

    private static <K, V> void addSink(Topology topology, String node, Topic<K, V> topic) {
        StreamPartitioner<K, V> partitioner =
                (_, key, _, _) -> Optional.ofNullable(topic.partitionOf(key)).map(Set::of);
        topology.addSink(
                node,
                topic.name(),
                topic.keySerde().serializer(),
                topic.valueSerde().serializer(),
                partitioner,
                PLAN);
    }

    private <K, M extends Message> StoreBuilder<KeyValueStore<K, M>> large(String name, Serde<K> key, M prototype) {
        var supplier = switch (settings.storage()) {
            case ROCKSDB -> Stores.persistentKeyValueStore(name);
            case MEMORY -> Stores.inMemoryKeyValueStore(name);
        };
        return store(supplier, key, Serdes.message(prototype));
    }

    /// A few entries a target: read from Kafka again at every start.
    private static <K, M extends Message> StoreBuilder<KeyValueStore<K, M>> small(
            String name, Serde<K> key, M prototype) {
        return store(Stores.inMemoryKeyValueStore(name), key, Serdes.message(prototype));
    }

    private static <K, V> StoreBuilder<KeyValueStore<K, V>> store(
            KeyValueBytesStoreSupplier supplier, Serde<K> key, Serde<V> value) {
        return Stores.keyValueStoreBuilder(supplier, key, value)
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }
}
