package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.streams.Delivery;
import dev.snowmelt.streams.PutAside;
import dev.snowmelt.streams.StreamsApplication;
import dev.snowmelt.streams.StreamsRole;
import dev.snowmelt.streams.StreamsSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/// Runs the detector's topology.
public final class Detector implements AutoCloseable {
    /// Memory of RocksDB that serves a million instances.
    public static final long ROCKS_MEMORY_BYTES = 256L << 20;

    /// Streams' own default.
    private static final Duration TASK_TIMEOUT = Duration.ofMinutes(5);

    private static final int BATCH_BYTES = 128 << 10;
    private static final long BUFFER_BYTES = 64L << 20;

    private static final Map<String, Object> STREAMS = Map.of(
            // What becomes of an observation with what agents say beside it must fit into the changelog.
            StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
            Integer.toString(Topics.LARGEST_RECORD),
            // Do not wait for the other input when one is empty, as declarations nearly always are: with any other
            // value Streams formats a message about it before every record, a quarter of all CPU. What is judged
            // before its declaration came is judged again when it comes.
            StreamsConfig.MAX_TASK_IDLE_MS_CONFIG,
            StreamsConfig.MAX_TASK_IDLE_MS_DISABLED,
            // With one request under way at a time batches fill while it is: every batch costs 64 KiB of LZ4
            // buffers, which were half of all allocations when everything changes.
            StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION),
            1,
            StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG),
            BATCH_BYTES,
            StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG),
            BUFFER_BYTES,
            StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG),
            "lz4",
            StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG),
            "all");

    private final Admin admin;
    private final StreamsRole role;
    private final LostDeclarations lost;
    private volatile boolean closing;

    /// @param registry where its meters go; a registry serves one detector
    public Detector(Topics topics, DetectorSettings judging, StreamsSettings settings, MeterRegistry registry) {
        this(topics, judging, settings, registry, new DefaultKafkaClientSupplier());
    }

    Detector(
            Topics topics,
            DetectorSettings judging,
            StreamsSettings settings,
            MeterRegistry registry,
            KafkaClientSupplier clients) {
        admin = Admin.create(settings.adminConfig());
        var asking = new TopicEnds(admin, taskTimeout(settings), () -> closing);
        Map<String, Object> plain = settings.adminConfig();
        var reader = new TopicReader(plain, taskTimeout(settings), () -> closing);
        var ends = new GroupEnds(admin, asking, reader, topics.id("detector"));
        var standing = new StandingVerdicts(topics, plain, asking, reader, InstantSource.system());
        lost = new LostDeclarations(admin, asking, ends, standing, () -> closing, topics);
        var topology = new DetectorTopology(topics, judging, ends, registry);
        role = new StreamsRole(application(topics, topology::putAside), topology.build(), settings, clients);
    }

    private static Duration taskTimeout(StreamsSettings settings) {
        Object set = settings.kafka().get(StreamsConfig.TASK_TIMEOUT_MS_CONFIG);
        return set == null ? TASK_TIMEOUT : Duration.ofMillis(Long.parseLong(set.toString()));
    }

    private static StreamsApplication application(Topics topics, Consumer<DeadLetter> aside) {
        var config = new HashMap<String, Object>(STREAMS);
        config.putAll(PutAside.config(topics, "detector", aside));
        return StreamsApplication.of(
                topics,
                "detector",
                Delivery.AT_LEAST_ONCE,
                List.of(
                        topics.observations(),
                        topics.declarations(),
                        topics.verdicts(),
                        topics.evidence(),
                        topics.scanTallies(),
                        topics.deadLetters()),
                topics.declarations(),
                config);
    }

    /// What it needs of the brokers.
    public static BrokerChecks.Needs needs(Topics topics) {
        return application(topics, _ -> {}).needs();
    }

    /// Starts its threads and returns; [#unready] says when it works.
    ///
    /// @throws dev.snowmelt.schemas.topic.BrokerCheckException when the brokers lack what it needs,
    /// or do not answer
    public void start() {
        role.start(lost::readAgain);
    }

    /// Why it does not judge now; empty: it does.
    public Optional<String> unready() {
        return role.unready();
    }

    /// True when it has given up: only a new process can help.
    public boolean failed() {
        return role.failed();
    }

    /// Stops within 10 s.
    @Override
    public void close() {
        closing = true;
        role.close();
        admin.close(Duration.ofSeconds(1));
    }
}
