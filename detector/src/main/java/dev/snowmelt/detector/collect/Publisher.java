package dev.snowmelt.detector.collect;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.Observation;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/// Writes observations of one lease epoch; may be used by several threads. The first record that
/// fails ends it: what was lost is found again by the next session's snapshot.
public final class Publisher {
    private final Producer<byte[], byte[]> producer;
    private final Topic<WorkloadId, Observation> topic;
    private final long epoch;
    private final BooleanSupplier allowed;
    private final InstantSource clock;
    private final CollectorMetrics metrics;
    private final Tracing tracing;
    private final Consumer<RuntimeException> onFailure;
    private volatile @Nullable Exception failure;

    /// @param allowed false: the lease is lost, nothing may be written any more
    /// @param tracing what changes begins a way there; what a list tells does not
    /// @param onFailure told once, when the first record fails
    Publisher(
            Producer<byte[], byte[]> producer,
            Topic<WorkloadId, Observation> topic,
            long epoch,
            BooleanSupplier allowed,
            InstantSource clock,
            CollectorMetrics metrics,
            Tracing tracing,
            Consumer<RuntimeException> onFailure) {
        this.producer = producer;
        this.topic = topic;
        this.epoch = epoch;
        this.allowed = allowed;
        this.clock = clock;
        this.metrics = metrics;
        this.tracing = tracing;
        this.onFailure = onFailure;
    }

    /// Partitions of the topic.
    int partitions() {
        return topic.partitions();
    }

    /// Writes what was seen outside of a snapshot, such as what an event told. It may not have
    /// arrived yet: see [#flush].
    ///
    /// @param order of several sights of one object the one with the highest is the newest, however
    /// they arrive: its resourceVersion where a platform has such a thing
    /// @throws PublishException when a record could not be written, now or before: the session ends
    public void changed(WorkloadId workload, Observation what, long order) {
        send(partition(workload), bytes(workload), what, header(0, order, Source.WATCH), observed(workload));
    }

    /// Writes what a snapshot's list told, and counts it.
    ///
    /// @param order as in [#changed]
    /// @throws PublishException as [#changed]
    public void listed(WorkloadId workload, Observation what, long order, SnapshotTally tally) {
        int partition = partition(workload);
        send(partition, bytes(workload), what, header(tally.snapshot(), order, Source.LIST), null);
        tally.countRecord(partition);
    }

    /// Writes a snapshot's marker.
    void mark(int partition, Observation marker, long snapshot) {
        send(partition, null, marker, header(snapshot, 0, Source.LIST), null);
    }

    /// Returns when everything sent before, by whichever thread, is acknowledged by all in-sync
    /// replicas: only then may the event that told it be forgotten.
    ///
    /// @throws PublishException when something was not
    public void flush() {
        try {
            producer.flush();
        } catch (KafkaException e) {
            failed(e);
        }
        check();
    }

    private Tracing.@Nullable Step observed(WorkloadId workload) {
        if (tracing.equals(Tracing.NONE)) {
            return null; // every event comes by here: no text is built that nobody reads
        }
        return tracing.begin("observe", null, clock.instant(), Map.of("snowmelt.workload", workload.toString()));
    }

    private void send(
            int partition,
            byte @Nullable [] key,
            Observation value,
            ObservationHeader header,
            Tracing.@Nullable Step step) {
        check();
        Header facts = new RecordHeader(ObservationHeader.NAME, header.toBytes());
        List<Header> headers =
                step == null ? List.of(facts) : List.of(facts, new RecordHeader(Tracing.HEADER, step.header()));
        long started = System.nanoTime();
        try {
            var _ = producer.send(
                    new ProducerRecord<>(topic.name(), partition, null, key, Serdes.deterministicBytes(value), headers),
                    (_, error) -> {
                        if (step != null) {
                            step.end(clock.instant());
                        }
                        if (error == null) {
                            metrics.acknowledged(System.nanoTime() - started);
                        } else {
                            failed(error);
                        }
                    });
        } catch (KafkaException e) {
            failed(e);
            check();
        }
        metrics.record(value, header.source());
    }

    private void check() {
        Exception broken = failure;
        if (broken != null) {
            throw exception(broken);
        }
        if (!allowed.getAsBoolean()) {
            throw new PublishException("the lease is lost");
        }
    }

    private void failed(Exception error) {
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = error;
        }
        onFailure.accept(exception(error));
    }

    private PublishException exception(Exception error) {
        return new PublishException("cannot write to " + topic.name() + ": " + error.getMessage(), error);
    }

    private int partition(WorkloadId workload) {
        return Objects.requireNonNull(topic.partitionOf(workload), "observations have a partition");
    }

    private static byte[] bytes(WorkloadId workload) {
        return workload.toString().getBytes(StandardCharsets.UTF_8);
    }

    private ObservationHeader header(long snapshot, long order, Source source) {
        return new ObservationHeader(epoch, snapshot, order, clock.millis(), source);
    }
}
