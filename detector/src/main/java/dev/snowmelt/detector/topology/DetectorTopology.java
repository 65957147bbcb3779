package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.TimestampExtractor;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Observations and declarations in, verdicts, evidence and the tallies of scans out; one task a
/// partition.
public final class DetectorTopology {
    private static final Logger LOG = LoggerFactory.getLogger(DetectorTopology.class);
    private static final String READ_OBSERVATIONS = "read-observations";
    private static final String READ_DECLARATIONS = "read-declarations";
    private static final String JUDGE = "judge";
    /// Each may be as large as a dead letter, and they wait a tenth of a second.
    private static final int MOST_ASIDE = 32;

    private final Topics topics;
    private final DetectorSettings settings;
    private final EndOffsets endOffsets;
    private final DetectorMetrics metrics;
    private final BlockingQueue<DeadLetter> aside = new LinkedBlockingQueue<>(MOST_ASIDE);
    private final FacetHash hash = new FacetHash(new SecureRandom().nextLong());

    /// @param endOffsets where `observations` and `declarations` end; asked when a task starts.
    /// What lies below is emitted whatever the stores say, because an earlier run may have died
    /// between storing and telling
    public DetectorTopology(Topics topics, DetectorSettings settings, EndOffsets endOffsets, MeterRegistry registry) {
        this.topics = topics;
        this.settings = settings;
        this.endOffsets = endOffsets;
        this.metrics = new DetectorMetrics(registry);
    }

    /// What no broker took because of its size goes to the dead letters with what is told next.
    /// When too many wait the rest are counted and logged alone.
    void putAside(DeadLetter letter) {
        metrics.tooLarge.increment();
        if (!aside.offer(letter)) {
            LOG.atWarn()
                    .addKeyValue("partition", letter.partition())
                    .addKeyValue("offset", letter.offset())
                    .log("too many records are too large: this one is not kept");
        }
    }

    /// The topology; build it once for one `KafkaStreams`.
    public Topology build() {
        var topology = new Topology();
        addSource(topology, READ_OBSERVATIONS, topics.observations().name());
        addSource(topology, READ_DECLARATIONS, topics.declarations().name());
        topology.addProcessor(
                JUDGE,
                () -> new JudgeProcessor(topics, settings, endOffsets, metrics, hash, aside),
                READ_OBSERVATIONS,
                READ_DECLARATIONS);
        for (String store :
                List.of(TaskStores.DECLARATIONS, TaskStores.INSTANCES, TaskStores.WORKLOADS, TaskStores.TARGETS)) {
            topology.addStateStore(store(store), JUDGE);
        }
        addVerdicts(topology);
        // Its whole key decides its partition, which is the producer's own rule and costs less there.
        topology.addSink(
                Outbox.EVIDENCE, topics.evidence().name(), new ByteArraySerializer(), new ByteArraySerializer(), JUDGE);
        topology.addSink(
                Outbox.TALLIES,
                topics.scanTallies().name(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                JUDGE);
        topology.addSink(
                Outbox.DEAD_LETTERS,
                topics.deadLetters().name(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                JUDGE);
        return topology;
    }

    private static void addSource(Topology topology, String node, String topic) {
        // A negative timestamp is no reason to stop.
        TimestampExtractor extractor = (record, _) -> Math.max(0, record.timestamp());
        topology.addSource(
                AutoOffsetReset.earliest(),
                node,
                extractor,
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer(),
                topic);
    }

    private void addVerdicts(Topology topology) {
        var choices = new ArrayList<Optional<Set<Integer>>>();
        for (int i = 0; i < topics.partitions(); i++) {
            choices.add(Optional.of(Set.of(i)));
        }
        StreamPartitioner<byte[], byte[]> partitioner =
                (_, key, _, partitions) -> choices.get(Keys.partition(key, Keys.targetLength(key), partitions));
        topology.addSink(
                Outbox.VERDICTS,
                topics.verdicts().name(),
                new ByteArraySerializer(),
                new ByteArraySerializer(),
                partitioner,
                JUDGE);
    }

    private StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
        var supplier = switch (settings.storage()) {
            case ROCKSDB -> Stores.persistentKeyValueStore(name);
            case MEMORY -> HeapStore.named(name);
        };
        return Stores.keyValueStoreBuilder(supplier, Serdes.Bytes(), Serdes.ByteArray())
                .withCachingDisabled()
                .withLoggingEnabled(Map.of());
    }
}
