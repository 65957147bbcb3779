package dev.snowmelt.detector.collect;

import dev.snowmelt.detector.collect.CollectorHealth.State;
import dev.snowmelt.detector.scan.Scan;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.CollectorStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches one target and writes what it sees to `observations`, as long as it holds the target's
/// lease.
///
/// It keeps no instances: what it reads it writes and forgets. Several replicas may run; one is
/// active, and each that becomes active has a higher epoch and begins with a snapshot.
public final class Collector implements AutoCloseable {
    static final String KAFKA = "kafka";
    static final String FAULT = "fault";

    private static final Logger log = LoggerFactory.getLogger(Collector.class);
    private static final String LEASE = "lease";
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final CollectorSettings settings;
    private final Platform platform;
    private final Map<String, Object> kafkaConfig;
    private final CollectorKafka kafka;
    private final CollectorLog statuses;
    private final Topics topics;
    private final InstantSource clock;
    private final CollectorMetrics metrics;
    private final Problems problems;
    private final Leadership lease;
    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile CollectorStatus lastStatus = CollectorStatus.getDefaultInstance();
    private volatile State state = State.STOPPED;
    private volatile long epoch;
    private volatile @Nullable Session session;
    private volatile @Nullable Thread runner;

    /// @param lease who of the target's collectors is active; given back by [#close]
    /// @param kafka how to reach Kafka: `bootstrap.servers`, security; settings that delivery rests
    /// on are overridden
    public Collector(
            CollectorSettings settings,
            Platform platform,
            Leadership lease,
            Map<String, Object> kafka,
            Topics topics,
            InstantSource clock,
            MeterRegistry meters) {
        this.settings = settings;
        this.platform = platform;
        this.lease = lease;
        this.kafkaConfig = Map.copyOf(kafka);
        this.kafka = new CollectorKafka("collector-" + settings.target().name(), kafka);
        this.topics = topics;
        this.clock = clock;
        this.statuses = new CollectorLog(kafka, topics.collectors());
        this.metrics = new CollectorMetrics(meters, settings.target());
        this.problems = new Problems(settings.target(), this::tellStatus);
    }

    /// Begins to collect; returns at once. What goes wrong is told by [#health] and tried again.
    ///
    /// @throws IllegalStateException when it was started before
    public synchronized void start() {
        if (runner != null || isClosing()) {
            throw new IllegalStateException("a collector is started once");
        }
        state = State.STANDBY;
        runner = Thread.ofVirtual().name("collect " + settings.target()).start(this::run);
    }

    /// How it is.
    public CollectorHealth health() {
        Session running = session;
        State now = state == State.LISTING && running != null && running.watching() ? State.WATCHING : state;
        return new CollectorHealth(now, problems.first(), epoch);
    }

    private void run() {
        var backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));
        try {
            while (!isClosing()) {
                try {
                    OptionalLong taken = lease.tryAcquire(this::usedEpoch);
                    problems.clear(LEASE);
                    backoff.reset();
                    if (taken.isPresent()) {
                        lead(taken.getAsLong());
                    } else {
                        pause(lease.retry());
                    }
                } catch (LookException e) {
                    problems.report(LEASE, String.valueOf(e.getMessage()));
                    pause(backoff.next());
                } catch (KafkaException e) {
                    reportKafka(e);
                    pause(backoff.next());
                } catch (RuntimeException e) {
                    reportFault(e);
                    pause(backoff.next());
                }
            }
        } catch (InterruptedException | InterruptException _) {
            log.atDebug().addKeyValue("target", settings.target()).log("interrupted");
        } finally {
            state = State.STOPPED;
        }
    }

    /// Asked when the lease is about to be taken: whoever had it before has written its last words
    /// by then.
    private long usedEpoch() {
        lastStatus = statuses.newest(settings.target()).orElse(CollectorStatus.getDefaultInstance());
        return lastStatus.getEpoch();
    }

    private void lead(long held) throws InterruptedException {
        epoch = held;
        metrics.epoch(held);
        log.atInfo()
                .addKeyValue("target", settings.target())
                .addKeyValue("epoch", held)
                .log("collecting");
        var sequence = new AtomicLong();
        Thread renewer = Thread.ofVirtual().name("renew " + settings.target()).start(this::keepRenewing);
        var backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));
        var scans = new PendingScans(settings.reuse());
        try (var requests = new ScanFollower(
                kafkaConfig, topics.scanRequests(), settings.target(), clock, problems, scan -> take(scan, scans))) {
            requests.start();
            while (lease.held() && !isClosing()) {
                state = State.LISTING;
                collect(held, () -> (held << 32) + sequence.incrementAndGet(), scans);
                if (lease.held()) {
                    pause(backoff.next());
                }
            }
        } finally {
            epoch = 0;
            metrics.epoch(0);
            metrics.instancesUnknown();
            problems.keepOnly(Set.of(LEASE, KAFKA, FAULT));
            state = State.STANDBY;
            renewer.interrupt();
            renewer.join();
        }
    }

    private void take(Scan scan, PendingScans scans) {
        if (scans.add(scan, clock.instant())) {
            Session running = session;
            if (running != null) {
                running.scanAsked();
            }
        }
    }

    private void collect(long held, LongSupplier snapshotIds, PendingScans scans) throws InterruptedException {
        try (Producer<byte[], byte[]> producer = kafka.producer();
                Session running = new Session(new SessionContext(
                        settings,
                        platform,
                        producer,
                        topics,
                        clock,
                        metrics,
                        problems,
                        lease,
                        held,
                        lastStatus,
                        snapshotIds,
                        scans,
                        Tracing.of(kafkaConfig)))) {
            session = running;
            if (!isClosing()) {
                running.run();
            }
        } catch (PublishException e) {
            if (lease.held() && !isClosing()) {
                reportKafka(e);
            }
        } catch (KafkaException e) {
            reportKafka(e);
        } catch (RuntimeException e) {
            reportFault(e);
        } finally {
            Session ended = session;
            if (ended != null) {
                lastStatus = ended.status();
            }
            session = null;
        }
    }

    private void keepRenewing() {
        try {
            while (lease.held()) {
                pause(lease.retry());
                try {
                    lease.renew();
                    problems.clear(LEASE);
                } catch (LookException e) {
                    problems.report(LEASE, String.valueOf(e.getMessage()));
                }
            }
            log.atWarn().addKeyValue("target", settings.target()).log("lost the lease");
        } catch (InterruptedException _) {
            return;
        }
        Session running = session;
        if (running != null) {
            running.stop();
        }
    }

    /// The outermost loop: a fault of ours is said, and a new session begins with a snapshot.
    private void reportFault(RuntimeException e) {
        log.atError().addKeyValue("target", settings.target()).setCause(e).log("the collector begins anew");
        problems.report(FAULT, "the collector failed: " + Problems.rootMessage(e));
    }

    private void reportKafka(RuntimeException e) {
        if (!isClosing()) {
            problems.report(KAFKA, "cannot use Kafka: " + Problems.rootMessage(e));
        }
    }

    private void tellStatus() {
        Session running = session;
        if (running != null) {
            running.publishStatus();
        }
    }

    /// @throws InterruptedException also when the collector is closed meanwhile
    private void pause(Duration duration) throws InterruptedException {
        if (closing.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException("closed");
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    /// Stops collecting, writes what was seen, and gives the lease back. Takes 10 seconds at most.
    @Override
    public void close() {
        closing.countDown();
        Session running = session;
        if (running != null) {
            running.stop();
        }
        Thread thread = runner;
        if (thread == null) {
            return;
        }
        try {
            if (!thread.join(Duration.ofMillis(200))) {
                thread.interrupt();
                thread.join(CLOSE_WITHIN);
            }
            lease.release();
        } catch (LookException e) {
            log.atInfo()
                    .addKeyValue("target", settings.target())
                    .log("the lease was not given back: {}", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
