package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the detector's topology.
public final class Detector implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Detector.class);
    /// After so many failures of a thread it is no accident any more.
    private static final int REPLACEMENTS = 5;

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(8);
    private static final Duration END_OFFSETS_WITHIN = Duration.ofSeconds(30);

    private final StreamsSettings settings;
    private final Admin admin;
    private final RocksMemory memory;
    private final KafkaStreams streams;
    private final AtomicInteger failures = new AtomicInteger();

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
        this.settings = settings;
        Map<String, Object> config = settings.streamsConfig(topics.id("detector"));
        memory = new RocksMemory(settings.rocksMemoryBytes());
        config.put(RocksMemory.CONFIG, memory);
        admin = Admin.create(adminConfig(settings));
        var topology = new DetectorTopology(topics, judging, this::endOffset, registry).build();
        streams = new KafkaStreams(topology, new StreamsConfig(config), clients);
        streams.setUncaughtExceptionHandler(this::failed);
        streams.setStateListener((to, from) ->
                LOG.atInfo().addKeyValue("from", from).addKeyValue("to", to).log("detector"));
    }

    /// Starts its threads and returns; [#unready] says when it works.
    public void start() {
        streams.start();
    }

    /// Why it does not judge now; empty: it does.
    public Optional<String> unready() {
        KafkaStreams.State state = streams.state();
        return state == KafkaStreams.State.RUNNING
                ? Optional.empty()
                : Optional.of("the detector is " + state.name().toLowerCase(Locale.ROOT));
    }

    /// True when it has given up: only a new process can help.
    public boolean failed() {
        return streams.state() == KafkaStreams.State.ERROR;
    }

    /// Stops within 10 s. A process without a stable name leaves the group, so that its successor need not wait.
    @Override
    public void close() {
        boolean clean = streams.close(CloseOptions.timeout(CLOSE_WITHIN)
                .withGroupMembershipOperation(
                        settings.staticMember()
                                ? GroupMembershipOperation.REMAIN_IN_GROUP
                                : GroupMembershipOperation.LEAVE_GROUP));
        admin.close(Duration.ofSeconds(1));
        if (clean) {
            memory.close();
        } else {
            // Stores may still be open: their memory is theirs until the process ends.
            LOG.atWarn().addKeyValue("within", CLOSE_WITHIN).log("detector did not stop in time");
        }
    }

    /// For what looks into its threads and metrics.
    KafkaStreams streams() {
        return streams;
    }

    private StreamThreadExceptionResponse failed(Throwable cause) {
        int failure = failures.incrementAndGet();
        boolean again = failure <= REPLACEMENTS && !(cause instanceof Error);
        LOG.atError()
                .setCause(cause)
                .addKeyValue("failure", failure)
                .log(again ? "detector thread failed and is replaced" : "detector failed and stops");
        return again ? StreamThreadExceptionResponse.REPLACE_THREAD : StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private long endOffset(TopicPartition partition) {
        try {
            return admin.listOffsets(Map.of(partition, OffsetSpec.latest()))
                    .partitionResult(partition)
                    .get(END_OFFSETS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
                    .offset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted while asking for the end of " + partition, e);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaException("the end of " + partition + " cannot be told", e);
        }
    }

    private static Map<String, Object> adminConfig(StreamsSettings settings) {
        var config = new HashMap<>(settings.kafka());
        config.keySet()
                .removeIf(key -> key.startsWith("main.") || key.startsWith("consumer.") || key.startsWith("producer."));
        config.put("bootstrap.servers", settings.bootstrapServers());
        return config;
    }
}
