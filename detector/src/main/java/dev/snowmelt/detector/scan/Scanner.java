package dev.snowmelt.detector.scan;

import dev.snowmelt.detector.topology.DetectorSettings.Storage;
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
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;

/// Runs the scanner's topology: one report for each scan, whatever dies meanwhile.
public final class Scanner implements AutoCloseable {
    private final StreamsRole role;

    /// @param storage where tallies wait until their scan is reported
    /// @param registry where its meters go; a registry serves one scanner
    public Scanner(Topics topics, Storage storage, StreamsSettings settings, MeterRegistry registry) {
        role = new StreamsRole(application(topics), new ScanTopology(topics, storage, registry).build(), settings);
    }

    static StreamsApplication application(Topics topics) {
        return StreamsApplication.of(
                topics,
                "scanner",
                Delivery.EXACTLY_ONCE,
                List.of(
                        topics.scanRequests(),
                        topics.scanTallies(),
                        topics.scanReports(),
                        topics.collectors(),
                        topics.declarations(),
                        topics.deadLetters()),
                topics.declarations(),
                Map.of(
                        // A tally of the largest size must fit into the changelog.
                        StreamsConfig.topicPrefix(TopicConfig.MAX_MESSAGE_BYTES_CONFIG),
                        Integer.toString(Topics.LARGEST_RECORD),
                        // The first time, whoever asked before is told as well.
                        StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG),
                        "earliest",
                        // Requests and tallies are read as bytes and never fail to; this is about the internal topic.
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
    }

    /// Why it makes no reports now; empty: it does.
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
