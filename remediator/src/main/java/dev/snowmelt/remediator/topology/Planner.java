package dev.snowmelt.remediator.topology;

import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.streams.Delivery;
import dev.snowmelt.streams.StreamsApplication;
import dev.snowmelt.streams.StreamsRole;
import dev.snowmelt.streams.StreamsSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/// Runs the planner's topology: a slot and the command that spends it are one atomic write.
public final class Planner implements AutoCloseable {
    private final StreamsRole role;

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
        var topology = new PlannerTopology(topics, planning, registry).build();
        role = new StreamsRole(application(topics), topology, settings, clients);
    }

    private static StreamsApplication application(Topics topics) {
        return StreamsApplication.of(
                topics,
                "planner",
                Delivery.EXACTLY_ONCE,
                List.of(
                        topics.verdicts(),
                        topics.overrides(),
                        topics.outcomes(),
                        topics.commands(),
                        topics.remediations(),
                        topics.evidence(),
                        topics.proposals(),
                        topics.deadLetters()),
                topics.remediations(),
                // A verdict of the largest size must fit into the census.
                Map.of(
                        StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
                        Integer.toString(Topics.LARGEST_RECORD)));
    }

    /// What it needs of the brokers.
    public static BrokerChecks.Needs needs(Topics topics) {
        return application(topics).needs();
    }

    /// Makes sure of what its promises rest on, starts its threads and returns; [#unready] says
    /// when it works.
    ///
    /// @throws dev.snowmelt.schemas.topic.BrokerCheckException when the brokers'
    /// transaction.version is below 2, a topic is missing or has another number of partitions, or
    /// Kafka does not answer
    public void start() {
        role.start();
    }

    /// Why it does not plan now; empty: it does.
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
