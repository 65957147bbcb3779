package dev.snowmelt.detector.collect;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.detector.collect.SnapshotTaker.Taken;
import dev.snowmelt.detector.scan.Scan;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.CollectorStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// The time in which one process collects a target without a break: a first snapshot, what changes
/// then, further snapshots. It ends when its lease is lost or a record could not be written; what
/// was missed then is found by the next session's first snapshot.
final class Session implements AutoCloseable {
    private static final String LISTING = "list";
    private static final String DOUBT = "snapshot";
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /// A watch that loses its place more often than this makes its lists rarer.
    private static final Duration SELDOM = Duration.ofMinutes(1);
    /// How soon a scan is looked at again that waits for a watch to come back.
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

    private sealed interface Wish {
        /// Somebody asked for a scan.
        record Asked() implements Wish {}

        record ListAgain() implements Wish {}

        record Stop() implements Wish {}
    }

    private final SessionContext context;
    private final Publisher publisher;
    private final SnapshotTaker snapshots;
    private final Platform.Lookout lookout;
    private final BlockingQueue<Wish> wishes = new LinkedBlockingQueue<>();
    private final AtomicBoolean listAgain = new AtomicBoolean();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final PendingScans scans;
    private final ScanAnswers answers;
    private final Backoff failures = new Backoff(Duration.ofMillis(500), LONGEST_PAUSE);
    private final Backoff relists = new Backoff(Duration.ofMillis(100), LONGEST_PAUSE);
    private volatile Believability believability;
    private volatile CollectorStatus status;
    private volatile @Nullable RuntimeException failure;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean listed;
    /// The last list took so long that it had to begin anew.
    private boolean begunAnew;
    private PendingScans.Snapshot last = new PendingScans.Snapshot(0, Instant.EPOCH, Duration.ZERO, false);

    Session(SessionContext context) {
        this.context = context;
        CollectorSettings settings = context.settings();
        CollectorStatus before = context.lastStatus();
        believability = before.hasLastSnapshot() ? Believability.after(before.getInstances()) : Believability.UNKNOWN;
        status = before.toBuilder()
                .setCollector(settings.collector())
                .setTarget(settings.target().toString())
                .setKind(settings.kind())
                .setVersion(settings.version())
                .setEpoch(context.epoch())
                .setNote(context.platform().note())
                .build();
        publisher = new Publisher(
                context.producer(),
                context.topics().observations(),
                context.epoch(),
                context.lease()::held,
                context.clock(),
                context.metrics(),
                context.tracing(),
                this::fail);
        snapshots = new SnapshotTaker(settings.target(), settings.collector(), publisher, context.snapshotIds());
        scans = context.scans();
        answers = new ScanAnswers(settings.target(), settings.collector(), publisher);
        lookout = context.platform()
                .begin(new Surroundings(
                        publisher, context.problems(), context.metrics(), this::wishToListAgain, this::fail));
    }

    /// Collects until the session is stopped.
    ///
    /// @throws RuntimeException why it cannot go on: mostly a [PublishException]
    void run() throws InterruptedException {
        while (!isStopped()) {
            Duration pause = snapshot();
            if (pause.isZero()) {
                awaitReason();
            } else {
                await(pause);
            }
        }
        RuntimeException why = failure;
        if (why != null) {
            throw why;
        }
    }

    /// Takes a snapshot.
    ///
    /// @return how long to wait before it is tried again; zero: it succeeded
    private Duration snapshot() {
        long started = System.nanoTime();
        Instant began = context.clock().instant();
        String scan = scans.first(began).map(first -> first.id().toString()).orElse("");
        listAgain.set(false);
        try {
            Taken taken = snapshots.take(scan, lookout, believability);
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            context.metrics().snapshot(taken.believable() ? "complete" : "unbelievable", took);
            context.problems().clear(LISTING);
            context.problems().clear(Collector.KAFKA);
            context.problems().clear(Collector.FAULT);
            failures.reset();
            begunAnew = false;
            last = new PendingScans.Snapshot(taken.snapshot(), began, took, taken.believable());
            settle(taken);
            return Duration.ZERO;
        } catch (LookException e) {
            context.metrics().snapshot("failed", Duration.ofNanos(System.nanoTime() - started));
            if (e.beginAnew() && !begunAnew) {
                begunAnew = true;
                // What the first pages told may have ended since.
                return Duration.ofMillis(1);
            }
            if (!isStopped()) {
                context.problems().report(LISTING, String.valueOf(e.getMessage()));
            }
            return failures.next();
        } catch (PublishException e) {
            context.metrics().snapshot("failed", Duration.ofNanos(System.nanoTime() - started));
            fail(e);
            return Duration.ZERO;
        }
    }

    private void settle(Taken taken) {
        believability = believability.next(taken.instances());
        if (taken.believable()) {
            context.problems().clear(DOUBT);
            context.metrics().instances(taken.instances());
        } else {
            context.problems().report(DOUBT, taken.doubt());
        }
        listed = true;
        CollectorStatus.Builder next = status.toBuilder()
                .setLastSnapshot(Timestamps.fromMillis(context.clock().millis()));
        believability.last().ifPresent(next::setInstances);
        status = next.build();
        publishStatus();
    }

    /// Answers scans until there is a reason to take the next snapshot: a scan that only a new one
    /// answers, resync, confirmation, or a watch that lost its place.
    private void awaitReason() throws InterruptedException {
        long waitingSince = System.nanoTime();
        boolean doubted = believability.doubted().isPresent();
        Duration wait =
                doubted ? context.settings().confirmation() : context.settings().resync();
        while (!isStopped()) {
            Instant now = context.clock().instant();
            Instant due = now.plus(wait).minusNanos(System.nanoTime() - waitingSince);
            Instant until = due;
            boolean following = lookout.following() && !listAgain.get();
            switch (scans.next(last, following, doubted ? due : null, now)) {
                case PendingScans.Step.Cut(List<Scan> answerable) -> {
                    answer(answerable);
                    continue;
                }
                case PendingScans.Step.ListAnew _ -> {
                    return;
                }
                case PendingScans.Step.ListAt(Instant at) -> {
                    Instant soon = following ? at : now.plus(LOOK_AGAIN);
                    until = Stream.of(at, soon, due).min(Instant::compareTo).orElse(due);
                }
                case PendingScans.Step.Rest _ -> {}
            }
            if (!now.isBefore(due)) {
                return;
            }
            long millis = Math.max(1, Duration.between(now, until).toMillis());
            switch (wishes.poll(millis, TimeUnit.MILLISECONDS)) {
                case null -> {}
                case Wish.Stop _ -> {}
                case Wish.Asked _ -> asked.set(false);
                case Wish.ListAgain _ -> {
                    if (!listAgain.get()) {
                        // A snapshot has begun since.
                        continue;
                    }
                    if (System.nanoTime() - waitingSince > SELDOM.toNanos()) {
                        relists.reset();
                    }
                    await(relists.next());
                    return;
                }
            }
        }
    }

    private void answer(List<Scan> answerable) {
        try {
            answers.answer(answerable, last);
            scans.answered(answerable);
            context.metrics().scansAnswered(answerable.size());
        } catch (PublishException e) {
            // They wait for the next session.
            fail(e);
        }
    }

    /// Waits; a stop ends it early, other wishes stay.
    private void await(Duration pause) throws InterruptedException {
        stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// There is a scan to answer.
    void scanAsked() {
        if (asked.compareAndSet(false, true)) {
            wishes.add(new Wish.Asked());
        }
    }

    private void wishToListAgain() {
        if (listAgain.compareAndSet(false, true)) {
            wishes.add(new Wish.ListAgain());
        }
    }

    /// What was last said of the target.
    CollectorStatus status() {
        return status;
    }

    /// True when the first snapshot was taken.
    boolean watching() {
        return listed;
    }

    /// Tells what is wrong now.
    void publishStatus() {
        if (isStopped() || !context.lease().held()) {
            return;
        }
        CollectorStatus now =
                status.toBuilder().setProblem(context.problems().first()).build();
        Topic<String, CollectorStatus> topic = context.topics().collectors();
        var _ = context.producer()
                .send(new ProducerRecord<>(
                        topic.name(),
                        Objects.requireNonNull(topic.partitionOf(now.getCollector())),
                        now.getCollector().getBytes(StandardCharsets.UTF_8),
                        topic.valueSerde().serializer().serialize(topic.name(), now)));
    }

    private void fail(RuntimeException why) {
        synchronized (this) {
            if (failure == null && !isStopped()) {
                failure = why;
            }
        }
        stop();
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    /// Lets [#run] return soon.
    void stop() {
        stopped.countDown();
        wishes.add(new Wish.Stop());
    }

    @Override
    public void close() {
        stop();
        lookout.close();
    }
}
