package dev.snowmelt.detector.register;

import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.streams.Delivery;
import dev.snowmelt.streams.StreamsApplication;
import dev.snowmelt.streams.StreamsRole;
import dev.snowmelt.streams.StreamsSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs the registrar's topology. Two commits lie between a proposal and its answer.
public final class Registrar implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registrar.class);

    private final StreamsRole role;
    private final TrustedKeys trusted;

    /// @param registry where its meters go; a registry serves one registrar
    /// @param trusted keys whose signatures count; none: nobody checks signatures
    public Registrar(Topics topics, TrustedKeys trusted, StreamsSettings settings, MeterRegistry registry) {
        this.trusted = trusted;
        role = new StreamsRole(application(topics), new RegistrarTopology(topics, trusted, registry).build(), settings);
    }

    static StreamsApplication application(Topics topics) {
        return StreamsApplication.of(
                topics,
                "registrar",
                Delivery.EXACTLY_ONCE,
                List.of(
                        topics.proposals(),
                        topics.answers(),
                        topics.declarations(),
                        topics.overrides(),
                        topics.deadLetters()),
                topics.declarations(),
                Map.of(
                        // A proposal of the usual limit must fit into the internal topic with its id.
                        StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
                        Integer.toString(Topics.LARGEST_RECORD),
                        // The first time, every proposal that was made before counts.
                        StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG),
                        "earliest",
                        // Proposals are read as bytes and never fail to; this is about the internal topic alone.
                        StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG,
                        LogAndContinueExceptionHandler.class));
    }

    /// What it needs of the brokers.
    public static BrokerChecks.Needs needs(Topics topics) {
        return application(topics).needs();
    }

    /// Starts its threads and returns; [#unready] says when it works.
    ///
    /// @throws dev.snowmelt.schemas.topic.BrokerCheckException when the brokers lack what it needs,
    /// or do not answer
    public void start() {
        role.start();
        if (trusted.isEmpty()) {
            LOG.atInfo().log("registrar takes unsigned proposals: no trust.keys are configured");
        } else {
            LOG.atInfo().addKeyValue("trustedKeys", trusted.ids()).log("registrar takes signed proposals alone");
        }
    }

    /// Why it does not answer proposals now; empty: it does.
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
        role.close();
    }
}
