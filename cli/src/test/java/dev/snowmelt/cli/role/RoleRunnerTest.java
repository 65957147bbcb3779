package dev.snowmelt.cli.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What a process tells of itself while it waits for Kafka.
class RoleRunnerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /// Nobody listens there.
    private static final String NOWHERE = "127.0.0.1:1";

    @Test
    void aRoleThatWaitsForKafkaIsSeenAsNotReady() throws Exception {
        var config = Config.load(
                null, Map.of("SNOWMELT_KAFKA_BOOTSTRAP_SERVERS", NOWHERE, "SNOWMELT_HTTP_PORT", "0"), Map.of());
        var metrics = new AtomicReference<Metrics>();
        var runner = new RoleRunner(config, Surroundings.ofProcess());
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

    private static void run(RoleRunner runner, AtomicReference<Metrics> shown) {
        try {
            runner.run(Duration.ofMinutes(10), metrics -> {
                shown.set(metrics);
                return new Roles(List.of(new Idle()));
            });
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// It has nothing to complain of, not even before it is started.
    private static final class Idle implements Role {
        @Override
        public String name() {
            return "idle";
        }

        @Override
        public BrokerChecks.Needs needs() {
            return new BrokerChecks.Needs(List.of(new Topics("snowmelt.", 1).proposals()), false);
        }

        @Override
        public Part part() {
            return Part.STATUS;
        }

        @Override
        public void start() {}

        @Override
        public List<String> unready() {
            return List.of();
        }

        @Override
        public boolean failed() {
            return false;
        }

        @Override
        public void close() {}
    }
}
