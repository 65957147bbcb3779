package dev.snowmelt.cli.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.schemas.topic.BrokerCheckException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/// What a process tells of itself while it waits for Kafka.
class RoleRunnerTest {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final Duration PROMISED = Duration.ofSeconds(10);
    /// Nobody listens there.
    private static final String NOWHERE = "127.0.0.1:1";

    @Test
    void aRoleThatWaitsForKafkaIsSeenAsNotReady() throws Exception {
        var metrics = new AtomicReference<Metrics>();
        var runner = new RoleRunner(on(NOWHERE), Surroundings.ofProcess());
        Thread process = Thread.ofPlatform().start(() -> run(runner, metrics));
        try {
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(metrics.get()).isNotNull();
                assertThat(metrics.get().scrape()).contains("snowmelt_role_ready{role=\"idle\"} 0.0");
            });
            assertThat(process.isAlive()).isTrue();
        } finally {
            process.interrupt();
            process.join(PATIENCE);
        }
    }

    @Test
    void whoWaitsForKafkaStopsWhenAsked() throws Exception {
        var metrics = new AtomicReference<Metrics>();
        var runner = new RoleRunner(on(NOWHERE), Surroundings.ofProcess());
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            var exit = threads.submit(() -> run(runner, metrics, new IdleRole()));
            await().atMost(PATIENCE).until(() -> metrics.get() != null);

            runner.stop();

            assertThat(exit).succeedsWithin(PROMISED).isEqualTo(0);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void whatARoleFindsOutInItsStartIsSaidWithoutAStackTrace() {
        var err = new StringWriter();
        var surroundings = new Surroundings(
                new PrintWriter(new StringWriter()), new PrintWriter(err), Map.of(), InstantSource.system());
        var line = Snowmelt.commandLine(surroundings);

        int exitCode = failing(line, new BrokerCheckException(List.of("The topic x was removed; stop, then start.")));

        assertThat(exitCode).isEqualTo(1);
        assertThat(err).hasToString("snowmelt: The topic x was removed; stop, then start.\n");
    }

    private static int failing(CommandLine line, RuntimeException failure) {
        line.setExecutionStrategy(parsed -> {
            throw new CommandLine.ExecutionException(line, "", failure);
        });
        return line.execute("status");
    }

    static int run(RoleRunner runner, AtomicReference<Metrics> shown, Role role) throws InterruptedException {
        return runner.run(Duration.ofMinutes(10), metrics -> {
            shown.set(metrics);
            return new Roles(List.of(role));
        });
    }

    static Config on(String bootstrapServers) {
        return Config.load(
                null,
                Map.of("SNOWMELT_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers, "SNOWMELT_HTTP_PORT", "0"),
                Map.of());
    }

    private static void run(RoleRunner runner, AtomicReference<Metrics> shown) {
        try {
            run(runner, shown, new IdleRole());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
