package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Outcome;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out commands of the targets it has platforms for.
///
/// One thread reads `commands` (committed ones only); each workload's are carried out one after the
/// other, those of different workloads beside each other. A command's offset is committed when its
/// outcome is acknowledged, so that after a crash it comes again: then the live look, the UID in
/// the call and the expiry make the repetition harmless. That nothing was done is not claimed of
/// what may have been begun before, nor of what another member may have begun since, because the
/// partition was taken away while it was carried out.
public final class Executor implements AutoCloseable {
    static final String STAGE = "executor";

    private static final Logger log = LoggerFactory.getLogger(Executor.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final int MOST_PENDING = 1_000;

    private final Topics topics;
    private final ExecutorClients clients;
    private final CommandReader reader;
    private final CommandHandler handler;
    private final Follower<WorkloadId, Declaration> declarations;
    private final Follower<OverrideKey, dev.snowmelt.v1.Override> overrides;
    private final Writer writer;
    private final Lanes<WorkloadId> lanes;
    private final ExecutorMeters meters;
    private final Tracing tracing;
    private final InstantSource clock;
    private final Thread thread;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile String problem = "starting";
    private volatile String defect = "";
    private volatile @Nullable Consumer<byte @Nullable [], byte @Nullable []> consumer;

    /// @param platforms what can be done in each target; commands of others are left to other
    /// executors
    public Executor(
            Topics topics,
            ExecutorSettings settings,
            Map<TargetId, Platform> platforms,
            InstantSource clock,
            MeterRegistry registry) {
        this.topics = topics;
        this.clients = new ExecutorClients(settings);
        this.tracing = Tracing.of(settings.kafka());
        this.clock = clock;
        this.meters = new ExecutorMeters(registry, platforms.keySet());
        this.reader = new CommandReader(topics.commands(), platforms.keySet());
        this.writer = new Writer(topics, clients.producer());
        this.declarations = new Follower<>(
                topics.declarations(),
                "declarations",
                workload -> platforms.containsKey(workload.target()),
                clients,
                settings.catchUpTimeout(),
                this::deadLetterQuietly);
        this.overrides = new Follower<>(
                topics.overrides(),
                "overrides",
                OverrideFollower.about(platforms.keySet()),
                clients,
                settings.catchUpTimeout(),
                this::deadLetterQuietly);
        this.handler = new CommandHandler(
                platforms,
                settings.rules(),
                new DeclarationFollower(declarations),
                new OverrideFollower(overrides),
                clock,
                meters);
        this.lanes = new Lanes<>(settings.concurrency());
        this.thread = Thread.ofPlatform().name("executor-commands").unstarted(this::run);
    }

    /// Whether it carries out commands now.
    ///
    /// @param problem why not, one sentence; empty when ready
    public record Health(boolean ready, String problem) {}

    /// Starts reading; returns at once.
    public void start() {
        declarations.start();
        overrides.start();
        thread.start();
    }

    /// Whether it carries out commands now: Kafka can be reached, a partition assignment was made,
    /// and `declarations` and `overrides` were read once to their end.
    public Health health() {
        String why = problem.isEmpty() ? defect : problem;
        if (why.isEmpty()) {
            why = writer.problem();
        }
        if (why.isEmpty() && !declarations.caughtUpOnce()) {
            why = "declarations are still being read";
        }
        if (why.isEmpty() && !overrides.caughtUpOnce()) {
            why = "overrides are still being read";
        }
        return new Health(why.isEmpty(), why);
    }

    private void run() {
        while (!closing.get()) {
            try (var commands = clients.commands()) {
                consumer = commands;
                consume(commands);
            } catch (WakeupException _) {
                // close() was called
            } catch (KafkaException e) {
                problem = "cannot read " + topics.commands().name() + ": " + e.getMessage();
                log.atWarn()
                        .addKeyValue("topic", topics.commands().name())
                        .addKeyValue("cause", e.getMessage())
                        .log("commands are read again");
                pause();
            } finally {
                consumer = null;
            }
        }
        problem = "stopped";
    }

    private void consume(Consumer<byte @Nullable [], byte @Nullable []> commands) {
        var progress = new AssignedProgress(commands, PATIENCE, closing::get);
        commands.subscribe(List.of(topics.commands().name()), progress);
        try {
            while (!closing.get()) {
                throttle(commands);
                var records = commands.poll(POLL);
                progress.polled();
                for (var record : records) {
                    take(record, progress);
                }
                if (progress.assigned()) {
                    problem = "";
                }
                progress.commit();
            }
        } finally {
            // Whatever comes back from here on was not committed and comes again, to another member perhaps.
            progress.leave();
        }
    }

    private void throttle(Consumer<byte @Nullable [], byte @Nullable []> commands) {
        if (pending.get() >= MOST_PENDING) {
            commands.pause(commands.assignment());
        } else if (!commands.paused().isEmpty()) {
            commands.resume(commands.paused());
        }
    }

    private void take(ConsumerRecord<byte @Nullable [], byte @Nullable []> record, AssignedProgress progress) {
        AssignedProgress.Begun begun = progress.begin(record);
        switch (reader.read(record)) {
            case CommandReader.Reading.Understood(var order) -> {
                pending.incrementAndGet();
                meters.begun(order);
                byte[] way = Tracing.header(record.headers());
                lanes.submit(order.workload(), () -> carryOut(order, way, begun));
            }
            case CommandReader.Reading.Elsewhere() -> begun.done().run();
            case CommandReader.Reading.Unreadable(var reason) -> {
                if (deadLetterQuietly(new DeadLetter(
                        record.topic(),
                        record.partition(),
                        record.offset(),
                        STAGE,
                        reason,
                        record.key(),
                        record.value()))) {
                    begun.done().run();
                }
            }
        }
    }

    private void carryOut(Order order, byte @Nullable [] way, AssignedProgress.Begun begun) {
        Tracing.Step step = way == null
                ? null
                : tracing.begin(
                        "execute",
                        way,
                        clock.instant(),
                        Map.of("snowmelt.command", order.command().getId()));
        try {
            Outcome outcome = handler.handle(order);
            writer.outcome(
                    order.workload(),
                    () -> begun.again().getAsBoolean() ? Answer.ofRepetition(outcome) : outcome,
                    step == null ? way : step.header());
            if (step != null) {
                step.end(clock.instant());
            }
            begun.done().run();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            // Out of memory, for example, or a defect behind the handler. The command stays uncommitted and comes again
            // after a restart, which this
            // asks for.
            defect = order.workload() + ": a command ended without an answer: " + e;
            log.atError().addKeyValue("workload", order.workload()).setCause(e).log("executor must be restarted");
        } finally {
            pending.decrementAndGet();
            meters.acknowledged(order);
        }
    }

    // False when the executor stops before it was written.
    private boolean deadLetterQuietly(DeadLetter letter) {
        meters.deadLetter();
        log.atWarn()
                .addKeyValue("topic", letter.topic())
                .addKeyValue("partition", letter.partition())
                .addKeyValue("offset", letter.offset())
                .addKeyValue("reason", letter.error())
                .log("unreadable record");
        try {
            writer.deadLetter(letter);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException _) {
            closing.set(true);
        }
    }

    /// Stops reading, lets what has begun end within a few seconds, commits it and leaves the
    /// group. Takes at most 10 s.
    @Override
    public void close() {
        if (closing.getAndSet(true)) {
            return;
        }
        problem = "stopping";
        lanes.close(PATIENCE);
        var commands = consumer;
        if (commands != null) {
            commands.wakeup();
        }
        try {
            if (thread.isAlive() && !thread.join(Duration.ofSeconds(3))) {
                thread.interrupt();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        declarations.close();
        overrides.close();
        writer.close();
    }
}
