package dev.snowmelt.detector.topology;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.ToldBefore;
import java.time.Duration;
import java.util.Locale;
import java.util.Queue;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Both inputs of one partition. An unchanged observation of a conformant instance ends in
/// [#process]: a hash, a look into the index, a count. Everything else is parsed and handed to the
/// step of its kind.
///
/// Streams revives a task whose state is lost: it closes this same object and initialises it again.
/// Nothing of the life before may go on, so its timer is cancelled, and the index is a new one.
final class JudgeProcessor implements Processor<byte[], byte[], byte[], byte @Nullable []> {
    static final String STAGE = "detector";
    private static final Logger LOG = LoggerFactory.getLogger(JudgeProcessor.class);
    private static final Duration FLUSH = Duration.ofMillis(100);

    private final Topics topics;
    private final DetectorSettings settings;
    private final EndOffsets endOffsets;
    private final DetectorMetrics metrics;
    private final FacetHash hash;
    private final Queue<DeadLetter> aside;
    private final String observationsName;

    private ProcessorContext<byte[], byte @Nullable []> context;
    private Outbox outbox;
    private FacetIndex index = new FacetIndex();
    private @Nullable Cancellable flush;
    private DetectorTask task;
    private WorkloadViews views;
    private Instances instances;
    private Workloads workloads;
    private Snapshots snapshots;
    private ScanCounts scans;
    private Declarations declarations;
    private boolean begun;
    private long boundary;
    private long declarationsBoundary;

    @SuppressWarnings("NullAway.Init") // Streams calls init before anything else
    JudgeProcessor(
            Topics topics,
            DetectorSettings settings,
            EndOffsets endOffsets,
            DetectorMetrics metrics,
            FacetHash hash,
            Queue<DeadLetter> aside) {
        this.aside = aside;
        this.topics = topics;
        this.settings = settings;
        this.endOffsets = endOffsets;
        this.metrics = metrics;
        this.hash = hash;
        this.observationsName = topics.observations().name();
    }

    @Override
    public void init(ProcessorContext<byte[], byte @Nullable []> newContext) {
        context = newContext;
        outbox = new Outbox(context);
        int partition = context.taskId().partition();
        boundary = endOffsets.of(new TopicPartition(observationsName, partition));
        declarationsBoundary =
                endOffsets.of(new TopicPartition(topics.declarations().name(), partition));
        task = new DetectorTask(
                topics,
                settings,
                partition,
                boundary,
                TaskStores.of(context),
                index,
                hash,
                outbox,
                metrics,
                context::currentSystemTimeMs,
                DetectorTask.noTargets());
        views = new WorkloadViews(task);
        instances = new Instances(task, views);
        workloads = new Workloads(task, views, instances);
        snapshots = new Snapshots(task, views, instances, workloads);
        scans = new ScanCounts(task, snapshots);
        declarations = new Declarations(task, views, instances, workloads);
        begun = false;
        var sweep = new Sweep(task, views);
        WorkloadViews present = views;
        flush = context.schedule(FLUSH, PunctuationType.WALL_CLOCK_TIME, now -> {
            if (flush != null && views == present) {
                requireBegun();
                sweep.step(now);
                views.flush(now);
                for (DeadLetter letter = aside.poll(); letter != null; letter = aside.poll()) {
                    outbox.deadLetter(letter, now);
                }
            }
        });
        LOG.atInfo()
                .addKeyValue("partition", partition)
                .addKeyValue("replayBelow", boundary)
                .log("partition taken over");
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context.recordMetadata().orElseThrow();
        requireBegun();
        if (at.topic().equals(observationsName)) {
            if (!settledByIndex(record, at.offset())) {
                outbox.because(record.headers(), record.timestamp());
                orDeadLetter(record, at, () -> observe(record, at.offset()));
                outbox.because(null, 0);
            }
        } else {
            orDeadLetter(record, at, () -> follow(record, at.offset()));
        }
    }

    @Override
    public void close() {
        if (flush != null) {
            flush.cancel();
            flush = null;
        }
        metrics.indexed.add(-index.size());
        index = new FacetIndex();
    }

    /// Stores cannot be written in [#init].
    private void requireBegun() {
        if (!begun) {
            Marks.requireOf(task.stores(), endOffsets.topicId(observationsName));
            declarations.followAhead(endOffsets, declarationsBoundary);
            begun = true;
        }
    }

    /// The hot path: no parsing, no store, no allocation.
    private boolean settledByIndex(Record<byte[], byte[]> record, long offset) {
        byte[] key = record.key();
        byte[] value = record.value();
        Header header = record.headers().lastHeader(ObservationHeader.NAME);
        if (offset < boundary || key == null || value == null || header == null) {
            return false;
        }
        byte @Nullable [] facts = header.value();
        TargetView target = task.targetOf(key);
        if (target == null || facts == null || !ObservationHeader.wellFormed(facts)) {
            return false;
        }
        boolean agent = ObservationHeader.source(facts) == ObservationHeader.Source.AGENT;
        if (!agent && ObservationHeader.epoch(facts) != target.epoch()) {
            return false;
        }
        boolean known = agent
                ? index.touch(hash.ofAgent(key, value), ObservationHeader.observedAtMillis(facts))
                : index.touch(hash.of(key, value), offset);
        if (!known) {
            return false;
        }
        target.count(ObservationHeader.snapshot(facts));
        metrics.hits.increment();
        return true;
    }

    private void observe(Record<byte[], byte[]> record, long offset) {
        byte[] value = record.value();
        Header header = record.headers().lastHeader(ObservationHeader.NAME);
        if (value == null) {
            throw new UnusableRecordException("an observation without a value");
        }
        if (header == null || !ObservationHeader.wellFormed(header.value())) {
            throw new UnusableRecordException("no well-formed header '" + ObservationHeader.NAME + "'");
        }
        var origin = Origin.observation(offset, record.timestamp(), offset < boundary, header.value());
        if (!Timestamps.isValid(unchecked(origin.observedAtMillis()))) {
            throw new UnusableRecordException("the header's time is " + origin.observedAtMillis() + " ms");
        }
        ImageBytes image = ImageBytes.read(value);
        if (image != null) {
            observe(record.key(), origin, image, value);
            return;
        }
        Observation observation = parse(value);
        if (origin.fromAgent() && observation.getWhatCase() != Observation.WhatCase.INSTANCE) {
            throw new UnusableRecordException("an agent speaks of instances that are there, not of "
                    + observation.getWhatCase().name().toLowerCase(Locale.ROOT));
        }
        switch (observation.getWhatCase()) {
            case BEGIN -> snapshots.begin(origin, observation.getBegin().getTarget());
            case END -> snapshots.end(origin, observation.getEnd());
            case INSTANCE -> {
                if (observation.getInstance().hasImage()) {
                    observe(record.key(), origin, ImageBytes.of(observation), value);
                } else {
                    observe(record.key(), origin, observation, value);
                }
            }
            case INSTANCE_GONE, WORKLOAD, WORKLOAD_GONE -> observe(record.key(), origin, observation, value);
            case SCAN_CUT -> scans.cut(origin, observation.getScanCut());
            case TOLD_BEFORE -> toldBefore(record.key(), observation.getToldBefore(), value);
            case WHAT_NOT_SET -> throw new UnusableRecordException("an observation of nothing");
        }
    }

    private void observe(byte @Nullable [] key, Origin origin, ImageBytes image, byte[] value) {
        WorkloadView view = view(key, origin, value);
        SeenImage seen = view.cohorts.look(image);
        if (!ofFormerHolder(view, origin)) {
            instances.observe(view, origin, seen, value);
            used(view, origin);
        }
    }

    private void observe(byte @Nullable [] key, Origin origin, Observation observation, byte[] value) {
        WorkloadView view = view(key, origin, value);
        if (ofFormerHolder(view, origin)) {
            return;
        }
        switch (observation.getWhatCase()) {
            case INSTANCE -> instances.observe(view, origin, observation.getInstance(), value);
            case INSTANCE_GONE ->
                instances.gone(view, origin, observation.getInstanceGone().getInstanceBytes());
            case WORKLOAD -> workloads.observe(view, origin, observation.getWorkload(), value);
            case WORKLOAD_GONE ->
                workloads.gone(view, origin, observation.getWorkloadGone().getWorkload());
            case BEGIN, END, SCAN_CUT, TOLD_BEFORE, WHAT_NOT_SET -> throw new IllegalStateException("handled before");
        }
        used(view, origin);
    }

    private WorkloadView view(byte @Nullable [] key, Origin origin, byte[] value) {
        return views.of(required(key, value), origin.timestampMillis());
    }

    private static byte[] required(byte @Nullable [] key, byte[] value) {
        if (key == null) {
            throw new UnusableRecordException("an observation without a key");
        }
        Limits.require("an observation", (long) key.length + value.length, Limits.OBSERVATION);
        return key;
    }

    /// Makes no view: that would tell at once that nothing is known of the workload.
    private void toldBefore(byte @Nullable [] key, ToldBefore told, byte[] value) {
        byte[] by = required(key, value);
        WorkloadId workload = views.require(by);
        TargetView target = task.target(workload.target());
        if (told.getInstance().isEmpty()) {
            workloads.toldBefore(by, target);
        } else {
            instances.toldBefore(workload, by, target, told.getInstanceBytes());
        }
        metrics.misses.increment();
    }

    /// True when somebody else holds the target's lease now.
    private boolean ofFormerHolder(WorkloadView view, Origin origin) {
        TargetView target = view.target();
        if (origin.fromAgent() || origin.epoch() == target.epoch()) {
            return false;
        }
        if (origin.epoch() < target.epoch()) {
            metrics.stale.increment();
            return true;
        }
        target.raise(origin.epoch());
        task.put(target);
        return false;
    }

    /// Only what could be used counts: a snapshot with an unreadable record must not conclude that
    /// its subject is gone.
    private void used(WorkloadView view, Origin origin) {
        view.target().count(origin.snapshot());
        metrics.misses.increment();
    }

    private void follow(Record<byte[], byte[]> record, long offset) {
        if (record.key() == null) {
            throw new UnusableRecordException("a declaration without a key");
        }
        declarations.follow(
                record.key(),
                record.value(),
                Origin.declaration(offset, record.timestamp(), offset < declarationsBoundary));
    }

    private void orDeadLetter(Record<byte[], byte[]> record, RecordMetadata at, Runnable step) {
        try {
            step.run();
        } catch (UnusableRecordException e) {
            String error = String.valueOf(e.getMessage());
            metrics.dead.increment();
            if (at.topic().equals(observationsName)) {
                scans.unusable(at.offset());
            }
            LOG.atWarn()
                    .addKeyValue("topic", at.topic())
                    .addKeyValue("partition", at.partition())
                    .addKeyValue("offset", at.offset())
                    .addKeyValue("error", error)
                    .log("record refused");
            outbox.deadLetter(
                    new DeadLetter(at.topic(), at.partition(), at.offset(), STAGE, error, record.key(), record.value()),
                    record.timestamp());
        }
    }

    private static Timestamp unchecked(long millis) {
        return Timestamp.newBuilder().setSeconds(Math.floorDiv(millis, 1000L)).build();
    }

    private static Observation parse(byte[] value) {
        try {
            return Observation.parseFrom(value);
        } catch (InvalidProtocolBufferException e) {
            throw new UnusableRecordException("the value is no Observation: " + e.getMessage());
        }
    }
}
