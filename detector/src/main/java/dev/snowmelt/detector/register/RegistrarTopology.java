package dev.snowmelt.detector.register;

import com.google.protobuf.Message;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.v1.DecidedSignature;
import dev.snowmelt.v1.Ledger;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.QueuedProposal;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// proposals → (read, check signatures, refuse what is wrong in itself) → by subject → (decide,
/// number) → declarations, overrides, answers.
///
/// Proposals come on any partition, but one stage must decide about a subject, or two would give
/// the same number: an internal topic brings a workload's proposals together on the partition of
/// its declaration, an override's on that of its target. It runs exactly-once ([Registrar]): a
/// number is given, stored, published and answered in one transaction.
public final class RegistrarTopology {
    private final Topics topics;
    private final TrustedKeys trusted;
    private final RegistrarMetrics metrics;

    /// @param trusted keys whose signatures count; none: nobody checks signatures
    public RegistrarTopology(Topics topics, TrustedKeys trusted, MeterRegistry registry) {
        this.topics = topics;
        this.trusted = trusted;
        this.metrics = new RegistrarMetrics(registry);
    }

    public Topology build() {
        var builder = new StreamsBuilder();
        builder.addStateStore(store(DecideProposal.LEDGERS, Ledger.getDefaultInstance()));
        builder.addStateStore(store(DecideProposal.OVERRIDES, Override.getDefaultInstance()));
        builder.addStateStore(store(DecideProposal.SIGNATURES, DecidedSignature.getDefaultInstance()));

        KStream<Void, Step> read = builder.stream(
                        topics.proposals().name(),
                        Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                                // A negative timestamp is no reason to stop.
                                .withTimestampExtractor((record, _) -> Math.max(0, record.timestamp()))
                                .withName("proposals"))
                .process(() -> new ReadProposal(topics.proposals(), trusted, metrics), Named.as("read-proposal"));
        writeAnswers(read, "refusal");
        writeDeadLetters(read, "dead-letter");

        KStream<Void, Step> decided = bySubject(read)
                .process(
                        () -> new DecideProposal(topics.proposals().name(), trusted, metrics),
                        Named.as("decide-proposal"),
                        DecideProposal.LEDGERS,
                        DecideProposal.OVERRIDES,
                        DecideProposal.SIGNATURES);
        writeAnswers(decided, "answer");
        writeDeadLetters(decided, "replay");
        writeDeclarations(decided);
        writeOverrides(decided);
        return builder.build();
    }

    private KStream<String, QueuedProposal> bySubject(KStream<Void, Step> steps) {
        return only(
                        steps,
                        Step.Queue.class,
                        "queue-proposal",
                        queue -> KeyValue.pair(queue.subject(), queue.proposal()))
                .repartition(Repartitioned.<String, QueuedProposal>as("by-subject")
                        .withKeySerde(Serdes.String())
                        .withValueSerde(dev.snowmelt.schemas.topic.Serdes.message(QueuedProposal.getDefaultInstance()))
                        .withNumberOfPartitions(topics.partitions())
                        .withStreamPartitioner((_, subject, _, partitions) ->
                                Optional.of(Set.of(Topic.partition(subject, partitions)))));
    }

    private void writeAnswers(KStream<Void, Step> steps, String name) {
        write(
                only(steps, Step.Reply.class, "pick-" + name, reply -> KeyValue.pair(reply.proposal(), reply.answer())),
                topics.answers(),
                "write-" + name);
    }

    private void writeDeclarations(KStream<Void, Step> steps) {
        write(
                only(
                        steps,
                        Step.PutDeclaration.class,
                        "pick-declaration",
                        put -> KeyValue.pair(put.workload(), put.declaration())),
                topics.declarations(),
                "write-declaration");
    }

    private void writeOverrides(KStream<Void, Step> steps) {
        Set<Integer> everywhere =
                IntStream.range(0, topics.partitions()).boxed().collect(Collectors.toUnmodifiableSet());
        Topic<OverrideKey, Override> topic = topics.overrides();
        only(steps, Step.PutOverride.class, "pick-override", put -> KeyValue.pair(put.key(), put.override()))
                .to(
                        topic.name(),
                        Produced.with(
                                        topic.keySerde(),
                                        topic.valueSerde(),
                                        (_, key, _, _) ->
                                                key.target().isEmpty() ? Optional.of(everywhere) : on(topic, key))
                                .withName("write-override"));
    }

    private void writeDeadLetters(KStream<Void, Step> steps, String name) {
        only(steps, Step.Bury.class, "pick-" + name, bury -> KeyValue.pair(bury.letter(), bury.letter()))
                .process(BuryRecord::new, Named.as("bury-" + name))
                .to(
                        topics.deadLetters().name(),
                        Produced.with(Serdes.ByteArray(), Serdes.ByteArray()).withName("write-" + name));
    }

    private static final class BuryRecord extends ContextualProcessor<DeadLetter, DeadLetter, byte[], byte[]> {
        @java.lang.Override
        public void process(Record<DeadLetter, DeadLetter> record) {
            var letter = record.value();
            context().forward(new Record<>(letter.key(), letter.value(), record.timestamp(), letter.headers()));
        }
    }

    private static <K, V> void write(KStream<K, V> stream, Topic<K, V> topic, String name) {
        StreamPartitioner<K, V> partitioner = (_, key, _, _) -> on(topic, key);
        stream.to(
                topic.name(),
                Produced.with(topic.keySerde(), topic.valueSerde(), partitioner).withName(name));
    }

    private static <K> Optional<Set<Integer>> on(Topic<K, ?> topic, K key) {
        Integer partition = topic.partitionOf(key);
        return partition == null ? Optional.empty() : Optional.of(Set.of(partition));
    }

    /// The steps of one kind, as key and value.
    private static <S extends Step, K, V> KStream<K, V> only(
            KStream<Void, Step> steps, Class<S> kind, String name, KeyValueOf<S, K, V> as) {
        KeyValueMapper<Void, Step, KeyValue<K, V>> map = (_, step) -> as.apply(kind.cast(step));
        return steps.filter((_, step) -> kind.isInstance(step), Named.as(name)).map(map, Named.as(name + "-record"));
    }

    private interface KeyValueOf<S, K, V> {
        KeyValue<K, V> apply(S step);
    }

    private static <M extends Message> StoreBuilder<KeyValueStore<String, M>> store(String name, M prototype) {
        Serde<M> serde = dev.snowmelt.schemas.topic.Serdes.message(prototype);
        return Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(name), Serdes.String(), serde);
    }
}
