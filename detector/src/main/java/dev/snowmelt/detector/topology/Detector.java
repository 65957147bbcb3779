package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.streams.Delivery;
import dev.snowmelt.streams.StreamsApplication;
import dev.snowmelt.streams.StreamsRole;
import dev.snowmelt.streams.StreamsSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.internals.DefaultKafkaClientSupplier;

/// Runs the detector's topology.
public final class Detector implements AutoCloseable {
    /// Memory of RocksDB that serves a million instances.
    public static final long ROCKS_MEMORY_BYTES = 256L << 20;

    private static final Duration END_OFFSETS_WITHIN = Duration.ofSeconds(30);
    private static final int BATCH_BYTES = 128 << 10;
    private static final long BUFFER_BYTES = 64L << 20;

    private final Admin admin;
    private final StreamsRole role;

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
        var topology = new DetectorTopology(topics, judging, this::endOffset, registry).build();
        role = new StreamsRole(application(topics), topology, settings, clients);
    }

    private static StreamsApplication application(Topics topics) {
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
                Map.of(
                        // Do not wait for the other input when one is empty, as declarations nearly always are: with
                        // any
                        // other value Streams formats a message about it before every record, a quarter of all CPU.
                        // What
                        // is judged before its declaration came is judged again when it comes.
                        StreamsConfig.MAX_TASK_IDLE_MS_CONFIG,
                        StreamsConfig.MAX_TASK_IDLE_MS_DISABLED,
                        // With one request under way at a time batches fill while it is: every batch costs 64 KiB of
                        // LZ4
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
                        "all"));
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
        role.close();
        admin.close(Duration.ofSeconds(1));
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
}
