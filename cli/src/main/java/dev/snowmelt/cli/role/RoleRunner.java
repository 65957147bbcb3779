package dev.snowmelt.cli.role;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.HttpEndpoint;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.RightsCheck;
import dev.snowmelt.schemas.topic.BrokerCheckException;
import dev.snowmelt.schemas.topic.BrokerChecks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs roles until the process is asked to stop.
public final class RoleRunner {
    private static final Logger LOG = LoggerFactory.getLogger(RoleRunner.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);

    /// Everything that is waited for is there.
    static final String STARTING = "starting";

    private final Config config;
    private final Surroundings surroundings;
    private final CountDownLatch stopping = new CountDownLatch(1);
    /// Who brings the roles up, while it does.
    private @Nullable Thread starting;
    private volatile List<String> waitingFor = List.of("starting: waiting for Kafka");

    public RoleRunner(Config config, Surroundings surroundings) {
        this.config = config;
        this.surroundings = surroundings;
    }

    /// Asks it to stop, from any thread. What is being waited for before the roles work is waited
    /// for no longer.
    public synchronized void stop() {
        stopping.countDown();
        if (starting != null) {
            starting.interrupt();
        }
    }

    /// Checks the broker, builds, starts and watches the roles; returns after SIGINT, SIGTERM or
    /// [#stop].
    ///
    /// @param wait how long Kafka may take to answer, to have the topics, and to allow what the
    /// roles need
    /// @param build makes the roles; called when the port for metrics is bound
    /// @return the exit code: 1 when a role gave up
    public int run(Duration wait, Function<Metrics, Roles> build) throws InterruptedException {
        var closed = new CountDownLatch(1);
        var hook = Thread.ofPlatform().unstarted(() -> {
            stop();
            await(closed);
        });
        Runtime.getRuntime().addShutdownHook(hook);
        var started = new java.util.concurrent.atomic.AtomicReference<Roles>();
        try (var metrics = new Metrics();
                var http = HttpEndpoint.start(config.http(), metrics, () -> unready(started.get()));
                var roles = build.apply(metrics)) {
            LOG.atInfo()
                    .addKeyValue("host", config.http().host())
                    .addKeyValue("port", http.port())
                    .log("serving");
            // Before Kafka is asked: where it never answers, an alert must see that somebody waits for it.
            roles.show(metrics.registry());
            if (!start(roles, wait)) {
                return ExitCode.OK;
            }
            started.set(roles);
            return watch(roles);
        } finally {
            closed.countDown();
            removeHook(hook);
        }
    }

    /// @return false: it was asked to stop meanwhile
    private boolean start(Roles roles, Duration wait) throws InterruptedException {
        Instant deadline = surroundings.clock().instant().plus(wait);
        starting(Thread.currentThread());
        try {
            new BrokerChecks(config.kafka().bootstrapServers(), config.kafka().client())
                    .await(roles.needs(), wait, surroundings.clock(), this::waitFor);
            awaitRights(roles.parts(), deadline);
            // What was missing is there; a start may take long, and must not be put down to that.
            waitingFor = List.of(STARTING);
            roles.start();
        } catch (InterruptedException | KafkaException | BrokerCheckException | CliException e) {
            if (!isStopping()) {
                throw e;
            }
        } finally {
            starting(null);
        }
        return !isStopping();
    }

    private synchronized void starting(@Nullable Thread thread) {
        starting = thread;
        if (isStopping()) {
            if (thread == null) {
                // What interrupted the start must not interrupt the close.
                var _ = Thread.interrupted();
            } else {
                thread.interrupt();
            }
        }
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void waitFor(String what) {
        if (!isStopping()) {
            waitingFor = List.of(what);
            LOG.atWarn().log("{} Waiting.", what);
        }
    }

    /// ACLs may be granted after the process was started, as topics may be created; and a process
    /// that ended at once would be gone before anybody sees that it is not ready.
    private void awaitRights(Set<Part> parts, Instant deadline) throws InterruptedException {
        var check = new RightsCheck(config.kafka());
        List<String> told = List.of();
        while (true) {
            List<RightsCheck.Rights> rights = check.ask(parts);
            List<String> problems =
                    rights.stream().flatMap(each -> each.problem().stream()).toList();
            if (problems.isEmpty()) {
                rights.forEach(
                        each -> each.advice().ifPresent(advice -> LOG.atWarn().log(advice)));
                return;
            }
            if (!surroundings.clock().instant().plus(ASK_AGAIN).isBefore(deadline)) {
                throw new CliException(ExitCode.ERROR, problems);
            }
            if (!problems.equals(told)) {
                waitingFor = problems;
                problems.forEach(problem -> LOG.atWarn().log("{} Waiting.", problem));
                told = problems;
            }
            Thread.sleep(ASK_AGAIN);
        }
    }

    private int watch(Roles roles) throws InterruptedException {
        List<String> told = List.of("not looked at yet");
        while (!stopping.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
            List<String> unready = roles.unready();
            if (!unready.equals(told)) {
                LOG.atInfo().log(unready.isEmpty() ? "ready" : "not ready: " + String.join("; ", unready));
                told = unready;
            }
            if (roles.failed()) {
                throw new CliException(ExitCode.ERROR, List.of("A role gave up: " + String.join("; ", unready)));
            }
        }
        return ExitCode.OK;
    }

    private List<String> unready(@Nullable Roles roles) {
        return roles == null ? waitingFor : roles.unready();
    }

    /// What it says of itself until the roles have started: what is missing, or [#STARTING].
    List<String> waitingFor() {
        return waitingFor;
    }

    private static void await(CountDownLatch closed) {
        try {
            if (!closed.await(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.atWarn().addKeyValue("within", CLOSE_WITHIN).log("roles did not stop in time");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is going down: that is why the roles stopped.
        }
    }
}
