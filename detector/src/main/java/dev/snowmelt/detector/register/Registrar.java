package dev.snowmelt.detector.register;

import dev.snowmelt.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the registrar's topology.
public final class Registrar implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);
    /// After so many failures of a thread it is no accident any more.
    private static final int REPLACEMENTS = 5;

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(8);

    private final KafkaStreams streams;
    private final AtomicInteger failures = new AtomicInteger();
    private final boolean staticMember;

    public Registrar(Topics topics, RegistrarSettings settings, MeterRegistry registry) {
        staticMember = !settings.member().isEmpty();
        streams = new KafkaStreams(
                new RegistrarTopology(topics, registry).build(), new StreamsConfig(config(topics, settings)));
        streams.setUncaughtExceptionHandler(this::failed);
        streams.setStateListener((to, from) ->
                LOG.atInfo().addKeyValue("from", from).addKeyValue("to", to).log("registrar"));
    }

    static Map<String, Object> config(Topics topics, RegistrarSettings settings) {
        Map<String, Object> config = new HashMap<>(settings.kafka());
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, topics.id("registrar"));
        config.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDir().toString());
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        // Two commits lie between a proposal and its answer.
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 20);
        config.put(StreamsConfig.POLL_MS_CONFIG, 20);
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 0);
        // A proposal of the usual limit must fit into a dead letter, and into the internal topic with its id.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Topics.LARGEST_RECORD);
        config.put(
                StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
                Integer.toString(Topics.LARGEST_RECORD));
        // The classic protocol waits out the session of a member that did not say goodbye.
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 6_000);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 2_000);
        // The first time, every proposal that was made before counts.
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        // Proposals are read as bytes and never fail to; this is about the internal topic alone.
        config.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndContinueExceptionHandler.class);
        if (!settings.member().isEmpty()) {
            config.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), settings.member());
        }
        return config;
    }

    /// Starts its threads and returns; [#unready] says when it works.
    public void start() {
        streams.start();
    }

    /// Why it does not answer proposals now; empty: it does.
    public Optional<String> unready() {
        KafkaStreams.State state = streams.state();
        return state == KafkaStreams.State.RUNNING
                ? Optional.empty()
                : Optional.of("the registrar is " + state.name().toLowerCase(Locale.ROOT));
    }

    /// True when it has given up: only a new process can help.
    public boolean failed() {
        return streams.state() == KafkaStreams.State.ERROR;
    }

    private StreamThreadExceptionResponse failed(Throwable cause) {
        int failure = failures.incrementAndGet();
        boolean again = failure <= REPLACEMENTS && !(cause instanceof Error);
        LOG.atError()
                .setCause(cause)
                .addKeyValue("failure", failure)
                .log(again ? "registrar thread failed and is replaced" : "registrar failed and stops");
        return again ? StreamThreadExceptionResponse.REPLACE_THREAD : StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    /// Stops within 8 s. A process without a stable name leaves the group, so that its successor need not wait.
    @Override
    public void close() {
        boolean clean = streams.close(CloseOptions.timeout(CLOSE_WITHIN)
                .withGroupMembershipOperation(
                        staticMember
                                ? GroupMembershipOperation.REMAIN_IN_GROUP
                                : GroupMembershipOperation.LEAVE_GROUP));
        if (!clean) {
            LOG.atWarn().addKeyValue("within", CLOSE_WITHIN).log("registrar did not stop in time");
        }
    }
}
