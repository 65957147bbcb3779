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
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs roles until the process is asked to stop.
public final class RoleRunner {
    private static final Logger LOG = LoggerFactory.getLogger(RoleRunner.class);
    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(15);

    private final Config config;
    private final Surroundings surroundings;
    private final CountDownLatch stopping = new CountDownLatch(1);

    public RoleRunner(Config config, Surroundings surroundings) {
        this.config = config;
        this.surroundings = surroundings;
    }

    /// Asks it to stop, from any thread.
    public void stop() {
        stopping.countDown();
    }

    /// Checks the broker, builds, starts and watches the roles; returns after SIGINT, SIGTERM or
    /// [#stop].
    ///
    /// @param wait how long Kafka may take to answer
    /// @param build makes the roles; called when the port for metrics is bound
    /// @return the exit code: 1 when a role gave up
    public int run(Duration wait, Function<Metrics, Roles> build) throws InterruptedException {
        var closed = new CountDownLatch(1);
        var hook = Thread.ofPlatform().unstarted(() -> {
            stopping.countDown();
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
            check(roles.needs(), wait);
            checkRights(roles.parts());
            roles.start();
            started.set(roles);
            return watch(roles);
        } finally {
            closed.countDown();
            removeHook(hook);
        }
    }

    private void check(BrokerChecks.Needs needs, Duration wait) throws InterruptedException {
        try {
            new BrokerChecks(config.kafka().bootstrapServers(), config.kafka().client())
                    .await(
                            needs,
                            wait,
                            surroundings.clock(),
                            state -> LOG.atWarn().log("{} Waiting.", state));
        } catch (BrokerCheckException e) {
            throw new CliException(String.valueOf(e.getMessage()));
        }
    }

    private void checkRights(Set<Part> parts) throws InterruptedException {
        List<String> problems = new RightsCheck(config.kafka()).problems(parts);
        if (!problems.isEmpty()) {
            throw new CliException(ExitCode.ERROR, problems);
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

    private static List<String> unready(@org.jspecify.annotations.Nullable Roles roles) {
        return roles == null ? List.of("starting: waiting for Kafka") : roles.unready();
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
