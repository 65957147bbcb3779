package dev.snowmelt.detector.scan;

import com.google.protobuf.Message;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanState;
import dev.snowmelt.v1.ScanTally;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.KeyValueMapper;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/// scan.requests → (read) → by id ┐
///                  scan.tallies ─┴→ (gather) → scan.reports
///
/// Requests lie on any partition and name their scan by where they lie; tallies are keyed by the
/// scan. An internal topic brings both together. `collectors` and `declarations` are followed as a
/// whole, to know what there is to scan. It runs exactly-once ([Scanner]): a scan has one report,
/// and what was counted for it is forgotten in the same transaction.
public final class ScanTopology {
    private final Topics topics;
    private final Storage storage;
    private final ScannerMetrics metrics;

    /// @param storage where tallies wait until their scan is reported
    public ScanTopology(Topics topics, Storage storage, MeterRegistry registry) {
        this.topics = topics;
        this.storage = storage;
        this.metrics = new ScannerMetrics(registry);
    }

    /// The topology; build it once for one `KafkaStreams`.
    public Topology build() {
        var builder = new StreamsBuilder();
        builder.addStateStore(store(GatherScan.SCANS, ScanState.getDefaultInstance()));
        builder.addStateStore(store(GatherScan.TALLIES, ScanTally.getDefaultInstance()));
        follow(
                builder,
                topics.collectors().name(),
                Fleet.WATCHED,
                message(CollectorStatus.getDefaultInstance()),
                this::status);
        follow(builder, topics.declarations().name(), Fleet.DECLARED, Serdes.Long(), this::newestRevision);

        KStream<Void, Step> requests = read(builder, topics.scanRequests().name())
                .process(() -> new ReadRequest(topics.scanRequests(), metrics), Named.as("read-request"));
        KStream<Void, Step> tallies = read(builder, topics.scanTallies().name())
                .process(() -> new ReadTally(topics.scanTallies(), metrics), Named.as("read-tally"));
        writeDeadLetters(requests.merge(tallies, Named.as("all-read")));
        writeReports(requests, "refusal");

        KStream<String, Step> counted = only(
                tallies,
                Step.Counted.class,
                "pick-tally",
                step -> KeyValue.pair(step.tally().getScan(), (Step) step));
        KStream<Void, Step> gathered = byId(requests)
                .merge(counted, Named.as("of-a-scan"))
                .process(
                        () -> new GatherScan(topics.partitions(), metrics),
                        Named.as("gather-scan"),
                        GatherScan.SCANS,
                        GatherScan.TALLIES);
        writeReports(gathered, "report");
        return builder.build();
    }

    private CollectorStatus status(byte[] value) {
        CollectorStatus status = topics.collectors().valueSerde().deserializer().deserialize("", value);
        var _ = TargetId.parse(status.getTarget());
        return status;
    }

    private long newestRevision(byte[] value) {
        Declaration declaration =
                topics.declarations().valueSerde().deserializer().deserialize("", value);
        return declaration.getRevisionsCount() == 0
                ? 0
                : declaration.getRevisions(0).getNumber();
    }

    private static KStream<byte[], byte[]> read(StreamsBuilder builder, String topic) {
        return builder.stream(
                topic,
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                        // A negative timestamp is no reason to stop.
                        .withTimestampExtractor((record, _) -> Math.max(0, record.timestamp()))
                        .withName("follow-" + topic));
    }

    private <V> void follow(
            StreamsBuilder builder, String topic, String store, Serde<V> values, Function<byte[], @Nullable V> read) {
        Counter unreadable = metrics.unreadable(topic);
        builder.addGlobalStore(
                Stores.keyValueStoreBuilder(Stores.inMemoryKeyValueStore(store), Serdes.String(), values)
                        .withLoggingDisabled(),
                topic,
                Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                        .withTimestampExtractor((record, _) -> Math.max(0, record.timestamp())),
                () -> new FollowFleet<>(store, read, unreadable));
    }

    private KStream<String, Step> byId(KStream<Void, Step> steps) {
        return only(
                        steps,
                        Step.Queue.class,
                        "queue-scan",
                        queue -> KeyValue.pair(queue.scan().getId(), queue.scan()))
                .repartition(Repartitioned.<String, ScanState>as("by-id")
                        .withKeySerde(Serdes.String())
                        .withValueSerde(message(ScanState.getDefaultInstance()))
                        .withNumberOfPartitions(topics.partitions())
                        .withStreamPartitioner(
                                (_, id, _, partitions) -> Optional.of(Set.of(Topic.partition(id, partitions)))))
                .mapValues(scan -> (Step) new Step.Queue(scan), Named.as("queued-scan"));
    }

    private void writeReports(KStream<Void, Step> steps, String name) {
        Topic<RecordId, ScanReport> topic = topics.scanReports();
        StreamPartitioner<RecordId, ScanReport> partitioner = (_, id, _, _) -> {
            Integer partition = topic.partitionOf(id);
            return partition == null ? Optional.empty() : Optional.of(Set.of(partition));
        };
        only(steps, Step.Report.class, "pick-" + name, step -> KeyValue.pair(step.scan(), step.report()))
                .to(
                        topic.name(),
                        Produced.with(topic.keySerde(), topic.valueSerde(), partitioner)
                                .withName("write-" + name));
    }

    private void writeDeadLetters(KStream<Void, Step> steps) {
        only(steps, Step.Bury.class, "pick-dead-letter", step -> KeyValue.pair(step.letter(), step.letter()))
                .process(BuryRecord::new, Named.as("bury-record"))
                .to(
                        topics.deadLetters().name(),
                        Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("write-dead-letter"));
    }

    private static final class BuryRecord extends ContextualProcessor<DeadLetter, DeadLetter, byte[], byte[]> {
        @Override
        public void process(Record<DeadLetter, DeadLetter> record) {
            var letter = record.value();
            context().forward(new Record<>(letter.key(), letter.value(), record.timestamp(), letter.headers()));
        }
    }

    /// The steps of one kind, as key and value.
    private static <S extends Step, K, V> KStream<K, V> only(
            KStream<Void, Step> steps, Class<S> kind, String name, Function<S, KeyValue<K, V>> as) {
        KeyValueMapper<Void, Step, KeyValue<K, V>> map = (_, step) -> as.apply(kind.cast(step));
        return steps.filter((_, step) -> kind.isInstance(step), Named.as(name)).map(map, Named.as(name + "-record"));
    }

    private <M extends Message> StoreBuilder<KeyValueStore<String, M>> store(String name, M prototype) {
        KeyValueBytesStoreSupplier supplier = switch (storage) {
            case ROCKSDB -> Stores.persistentKeyValueStore(name);
            case MEMORY -> Stores.inMemoryKeyValueStore(name);
        };
        return Stores.keyValueStoreBuilder(supplier, Serdes.String(), message(prototype));
    }

    private static <M extends Message> Serde<M> message(M prototype) {
        return dev.snowmelt.schemas.topic.Serdes.message(prototype);
    }
}
