package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.plan.Figures;
import dev.snowmelt.remediator.plan.TaskPlanner;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads what comes in and hands it to the [TaskPlanner] of this task. What cannot be read goes to
/// the dead letters before anything was changed. The time is Streams' own, the same for records and
/// punctuations.
///
/// When a task's state is lost Streams revives the task: it closes this same object, initialises it
/// again over the restored stores, and goes on with whatever was scheduled before. So timers are
/// cancelled at the end, and none does anything for a [Task] that is not the present one.
final class PlanProcessor implements Processor<byte[], byte[], Object, @Nullable Object> {
    private static final Logger LOG = LoggerFactory.getLogger(PlanProcessor.class);
    private static final Duration FORGET_EVERY = Duration.ofHours(1);
    /// More often nobody scrapes.
    private static final Duration FIGURES_EVERY = Duration.ofSeconds(1);

    private final Topics topics;
    private final PlannerSettings settings;
    private final PlannerMetrics metrics;
    private @Nullable Task task;

    /// What exists only between init and close.
    private record Task(
            ProcessorContext<Object, @Nullable Object> context,
            TaskPlanner planner,
            TopicOutbox outbox,
            TaskMetrics metrics,
            List<Cancellable> timers) {
        Instant now() {
            return Instant.ofEpochMilli(context.currentSystemTimeMs());
        }
    }

    PlanProcessor(Topics topics, PlannerSettings settings, PlannerMetrics metrics) {
        this.topics = topics;
        this.settings = settings;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<Object, @Nullable Object> context) {
        TaskMetrics taskMetrics = metrics.task();
        try {
            task = begin(context, taskMetrics);
        } finally {
            if (task == null) {
                taskMetrics.close(); // Streams does not close what it could not initialise
            }
        }
    }

    private Task begin(ProcessorContext<Object, @Nullable Object> context, TaskMetrics taskMetrics) {
        var memory = new StoreMemory(context);
        memory.remediations().each((key, life) -> taskMetrics.found(key.target(), life.getRemediation()));
        var outbox = new TopicOutbox(context, taskMetrics);
        var planner = new TaskPlanner(memory, outbox, settings.guards(), settings.plan());
        var started = new Task(context, planner, outbox, taskMetrics, new ArrayList<>(3));
        planner.load(started.now());
        stand(started);
        every(settings.tick(), started, time -> planner.tick(Instant.ofEpochMilli(time), settings.workloadsPerTick()));
        every(FIGURES_EVERY, started, _ -> stand(started));
        every(FORGET_EVERY, started, time -> planner.forgetOld(Instant.ofEpochMilli(time)));
        return started;
    }

    @SuppressWarnings("ReferenceEquality") // another life of the same task is another task
    private void every(Duration interval, Task started, Punctuator work) {
        started.timers().add(started.context().schedule(interval, PunctuationType.WALL_CLOCK_TIME, time -> {
            if (task == started) {
                work.punctuate(time);
            }
        }));
    }

    private void stand(Task started) {
        Figures before = started.metrics().figures();
        Figures figures = started.planner().figures();
        started.metrics().stand(figures);
        if (figures.stopped() != before.stopped()) {
            LOG.atWarn()
                    .addKeyValue("task", started.context().taskId())
                    .addKeyValue("openBreakers", figures.openBreakers())
                    .addKeyValue("suspendedTargets", figures.suspendedTargets())
                    .addKeyValue("suspendedWorkloads", figures.suspendedWorkloads())
                    .log("what is stopped until a person resumes it has changed");
        }
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Task running = task;
        if (running == null) {
            throw new IllegalStateException("processed before init or after close");
        }
        RecordMetadata where = running.context()
                .recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a record comes from a topic"));
        Runnable step;
        try {
            step = read(running, record, where);
        } catch (SerializationException | IllegalArgumentException e) {
            running.outbox()
                    .deadLetter(new DeadLetter(
                            where.topic(),
                            where.partition(),
                            where.offset(),
                            "planner",
                            String.valueOf(e.getMessage()),
                            record.key(),
                            record.value()));
            return;
        }
        step.run();
    }

    /// @throws SerializationException or IllegalArgumentException when the record cannot be used
    private Runnable read(Task running, Record<byte[], byte[]> record, RecordMetadata where) {
        if (where.topic().equals(topics.verdicts().name())) {
            SubjectKey key = key(topics.verdicts(), record, where);
            VerdictRecord verdict = value(topics.verdicts(), record);
            if (verdict != null) {
                requireFit(key, verdict);
            }
            return () -> {
                running.outbox().judged(key, verdict, record.headers());
                running.planner().verdict(key, verdict, Instant.ofEpochMilli(record.timestamp()), running.now());
            };
        }
        if (where.topic().equals(topics.overrides().name())) {
            OverrideKey key = read(topics.overrides(), record);
            if (key.target().isPresent()) {
                requirePartition(topics.overrides(), key, where);
            }
            var override = value(topics.overrides(), record);
            return () -> running.planner().override(key, override, running.now());
        }
        WorkloadId workload = key(topics.outcomes(), record, where);
        Outcome outcome = value(topics.outcomes(), record);
        if (outcome == null) {
            throw new SerializationException("an outcome has a value");
        }
        SubjectKey key = outcome.getInstance().isEmpty()
                ? new SubjectKey.OfWorkload(workload)
                : new SubjectKey.OfInstance(workload, InstanceId.parse(outcome.getInstance()));
        return () -> {
            if (!running.planner().outcome(key, outcome, running.now())) {
                running.metrics().outcomeWithoutEffect();
            }
        };
    }

    private static void requireFit(SubjectKey key, VerdictRecord verdict) {
        boolean fits = switch (key) {
            case SubjectKey.OfInstance _ -> verdict.hasInstance();
            case SubjectKey.OfWorkload _ -> verdict.hasWorkload();
            case SubjectKey.OfSnapshot _ -> verdict.hasSnapshot();
        };
        if (!fits) {
            throw new SerializationException("key " + key + " does not fit a record of " + verdict.getWhatCase());
        }
    }

    private static <K, V> K key(Topic<K, V> topic, Record<byte[], byte[]> record, RecordMetadata where) {
        K key = read(topic, record);
        requirePartition(topic, key, where);
        return key;
    }

    private static <K, V> K read(Topic<K, V> topic, Record<byte[], byte[]> record) {
        @Nullable K key = topic.keySerde().deserializer().deserialize(topic.name(), record.key());
        if (key == null) {
            throw new SerializationException("a record of " + topic.name() + " has a key");
        }
        return key;
    }

    private static <K, V> @Nullable V value(Topic<K, V> topic, Record<byte[], byte[]> record) {
        return topic.valueSerde().deserializer().deserialize(topic.name(), record.value());
    }

    private static <K, V> void requirePartition(Topic<K, V> topic, K key, RecordMetadata where) {
        Integer right = topic.partitionOf(key);
        if (right != null && right != where.partition()) {
            throw new SerializationException(
                    "key " + key + " belongs to partition " + right + ", not " + where.partition());
        }
    }

    @Override
    public void close() {
        if (task != null) {
            task.timers().forEach(Cancellable::cancel);
            task.metrics().close();
            task = null;
        }
    }
}
