package dev.snowmelt.detector.collect.kubernetes;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.detector.collect.kubernetes.SnapshotTaker.Taken;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.CollectorStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// The time in which one process collects a target without a break: a first snapshot, watches, further
/// snapshots. It
/// ends when its lease is lost or a record could not be written; what was missed then is found by the next
/// session's
/// first snapshot.
final class Session implements AutoCloseable {
    private static final String LISTING = "list";
    private static final String DOUBT = "snapshot";
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /// A watch that loses its place more often than this makes its lists rarer.
    private static final Duration SELDOM = Duration.ofMinutes(1);

    private sealed interface Wish {
        record Scan(String id) implements Wish {}

        record ListAgain() implements Wish {}

        record Stop() implements Wish {}
    }

    private final SessionContext context;
    private final Publisher publisher;
    private final SnapshotTaker snapshots;
    private final List<Feed<?>> feeds = new ArrayList<>();
    private final BlockingQueue<Wish> wishes = new LinkedBlockingQueue<>();
    private final AtomicBoolean listAgain = new AtomicBoolean();
    private final Backoff failures = new Backoff(Duration.ofMillis(500), LONGEST_PAUSE);
    private final Backoff relists = new Backoff(Duration.ofMillis(100), LONGEST_PAUSE);
    private volatile Believability believability;
    private volatile CollectorStatus status;
    private volatile @Nullable RuntimeException failure;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean listed;

    Session(SessionContext context) {
        this.context = context;
        KubernetesCollectorSettings settings = context.settings();
        CollectorStatus before = context.lastStatus();
        believability = before.hasLastSnapshot() ? Believability.after(before.getInstances()) : Believability.UNKNOWN;
        status = before.toBuilder()
                .setCollector(settings.collector())
                .setTarget(settings.target().toString())
                .setKind("kubernetes")
                .setVersion(settings.version())
                .setEpoch(context.epoch())
                .build();
        publisher = new Publisher(
                context.producer(),
                context.topics().observations(),
                context.epoch(),
                context.lease()::held,
                context.clock(),
                context.metrics(),
                this::fail);
        snapshots = new SnapshotTaker(settings.target(), settings.collector(), publisher, context.snapshotIds());
        addFeeds(settings);
    }

    private void addFeeds(KubernetesCollectorSettings settings) {
        var observer =
                new Observer(settings.target(), publisher, context.api(), context.replicaSets(), this::wishToListAgain);
        var surroundings = new Feed.Surroundings(
                context.api(), context.problems(), context.metrics(), this::wishToListAgain, this::fail);
        List<@Nullable String> namespaces = new ArrayList<>(settings.namespaces());
        if (namespaces.isEmpty()) {
            namespaces.add(null);
        }
        // ReplicaSets first, pods last: pods are resolved through them, without asking for each.
        for (String namespace : namespaces) {
            feeds.add(new Feed<>(ApiResource.REPLICA_SETS, namespace, observer.replicaSets(), surroundings));
            feeds.add(new Feed<>(ApiResource.DEPLOYMENTS, namespace, observer.deployments(), surroundings));
            feeds.add(new Feed<>(ApiResource.STATEFUL_SETS, namespace, observer.statefulSets(), surroundings));
            feeds.add(new Feed<>(ApiResource.DAEMON_SETS, namespace, observer.daemonSets(), surroundings));
        }
        for (String namespace : namespaces) {
            feeds.add(new Feed<>(ApiResource.PODS, namespace, observer.pods(), surroundings));
        }
    }

    /// Collects until the session is stopped.
    ///
    /// @throws RuntimeException why it cannot go on: mostly a [PublishException]
    void run() throws InterruptedException {
        String scan = "";
        while (!isStopped()) {
            Duration pause = snapshot(scan);
            scan = pause.isZero() ? nextWish() : scan;
            if (!pause.isZero()) {
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
    private Duration snapshot(String scan) {
        long started = System.nanoTime();
        listAgain.set(false);
        try {
            Taken taken = snapshots.take(scan, feeds, believability);
            Duration took = Duration.ofNanos(System.nanoTime() - started);
            context.metrics().snapshot(taken.believable() ? "complete" : "unbelievable", took);
            context.problems().clear(LISTING);
            context.problems().clear(KubernetesCollector.KAFKA);
            context.problems().clear(KubernetesCollector.FAULT);
            failures.reset();
            settle(taken);
            return Duration.ZERO;
        } catch (ApiException e) {
            context.metrics().snapshot("failed", Duration.ofNanos(System.nanoTime() - started));
            if (e.why() == ApiException.Cause.EXPIRED) {
                // The server forgot the list while its pages were read: what the first pages told may have
                // ended since,
                // so the snapshot begins anew.
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
        Believability before = believability;
        believability = before.next(taken.instances());
        if (taken.believable()) {
            context.problems().clear(DOUBT);
            context.metrics().instances(taken.instances());
        } else {
            String sentence = "saw " + taken.instances() + " instances where there were "
                    + (before.last().isPresent() ? before.last().getAsLong() : "none before")
                    + ": not believed until a second snapshot agrees";
            context.problems().report(DOUBT, sentence);
        }
        listed = true;
        CollectorStatus.Builder next = status.toBuilder()
                .setLastSnapshot(Timestamps.fromMillis(context.clock().millis()));
        believability.last().ifPresent(next::setInstances);
        status = next.build();
        publishStatus();
    }

    /// Waits for the next reason to take a snapshot.
    ///
    /// @return the scan's id; empty: resync, confirmation, or a watch that lost its place
    private String nextWish() throws InterruptedException {
        long waitingSince = System.nanoTime();
        Duration due = believability.doubted().isPresent()
                ? context.settings().confirmation()
                : context.settings().resync();
        Wish wish = isStopped() ? new Wish.Stop() : wishes.poll(due.toMillis(), TimeUnit.MILLISECONDS);
        return switch (wish) {
            case null -> "";
            case Wish.Stop _ -> "";
            case Wish.Scan(String id) -> id;
            case Wish.ListAgain _ -> {
                if (System.nanoTime() - waitingSince > SELDOM.toNanos()) {
                    relists.reset();
                }
                await(relists.next());
                yield "";
            }
        };
    }

    /// Waits; a stop ends it early, other wishes stay.
    private void await(Duration pause) throws InterruptedException {
        stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Asks for a snapshot of its own for a scan.
    void requestSnapshot(String scan) {
        wishes.add(new Wish.Scan(scan));
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
        feeds.forEach(Feed::close);
    }
}
