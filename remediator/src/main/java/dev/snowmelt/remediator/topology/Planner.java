package dev.snowmelt.remediator.topology;

import dev.snowmelt.schemas.topic.BrokerCheckException;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the planner's topology.
public final class Planner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Planner.class);
    /// After so many failures of a thread it is no accident any more.
    private static final int REPLACEMENTS = 5;

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(8);

    private final Topics topics;
    private final StreamsSettings settings;
    private final RocksMemory memory;
    private final KafkaStreams streams;
    private final AtomicInteger failures = new AtomicInteger();

    /// @param registry where its meters go; a registry serves one planner
    public Planner(Topics topics, PlannerSettings planning, StreamsSettings settings, MeterRegistry registry) {
        this(topics, planning, settings, registry, new DefaultKafkaClientSupplier());
    }

    Planner(
            Topics topics,
            PlannerSettings planning,
            StreamsSettings settings,
            MeterRegistry registry,
            KafkaClientSupplier clients) {
        this.topics = topics;
        this.settings = settings;
        this.memory = new RocksMemory(settings.rocksMemoryBytes());
        Map<String, Object> config = settings.streamsConfig(topics.id("planner"));
        config.put(RocksMemory.CONFIG, memory);
        var topology = new PlannerTopology(topics, planning, registry).build();
        streams = new KafkaStreams(topology, new StreamsConfig(config), clients);
        streams.setUncaughtExceptionHandler(this::failed);
        streams.setStateListener((to, from) ->
                LOG.atInfo().addKeyValue("from", from).addKeyValue("to", to).log("planner"));
    }

    /// What it needs of the brokers.
    public static BrokerChecks.Needs needs(Topics topics) {
        return new BrokerChecks.Needs(
                List.of(
                        topics.verdicts(),
                        topics.overrides(),
                        topics.outcomes(),
                        topics.commands(),
                        topics.remediations(),
                        topics.evidence(),
                        topics.proposals(),
                        topics.deadLetters()),
                true);
    }

    /// Makes sure of what its promises rest on, starts its threads and returns; [#unready] says when it works.
    ///
    /// @throws BrokerCheckException when the brokers' transaction.version is below 2, a topic is missing or has
    /// another number of partitions, or Kafka does not answer
    public void start() {
        var finding = new BrokerChecks(settings.bootstrapServers(), adminConfig()).look(needs(topics));
        if (!finding.problems().isEmpty()) {
            throw new BrokerCheckException(finding.problems());
        }
        streams.start();
    }

    /// Why it does not plan now; empty: it does.
    public Optional<String> unready() {
        KafkaStreams.State state = streams.state();
        return state == KafkaStreams.State.RUNNING
                ? Optional.empty()
                : Optional.of("the planner is " + state.name().toLowerCase(Locale.ROOT));
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
        if (clean) {
            memory.close();
        } else {
            // Stores may still be open: their memory is theirs until the process ends.
            LOG.atWarn().addKeyValue("within", CLOSE_WITHIN).log("planner did not stop in time");
        }
    }

    private StreamThreadExceptionResponse failed(Throwable cause) {
        int failure = failures.incrementAndGet();
        boolean again = failure <= REPLACEMENTS && !(cause instanceof Error);
        LOG.atError()
                .setCause(cause)
                .addKeyValue("failure", failure)
                .log(again ? "planner thread failed and is replaced" : "planner failed and stops");
        return again ? StreamThreadExceptionResponse.REPLACE_THREAD : StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private Map<String, Object> adminConfig() {
        var config = new HashMap<>(settings.kafka());
        config.keySet()
                .removeIf(key -> key.startsWith("main.") || key.startsWith("consumer.") || key.startsWith("producer."));
        return config;
    }
}
