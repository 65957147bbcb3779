package dev.snowmelt.remediator.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.BrokerCheckException;
import dev.snowmelt.streams.StreamsSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The planner against a real broker.
@Timeout(120)
class PlannerIT {
    @TempDir
    Path folder;

    private Planner planner(PlannerBroker broker) {
        return new Planner(
                broker.topics,
                PlannerSettings.defaults(),
                StreamsSettings.of(broker.bootstrapServers(), folder)
                        // So long that whoever has to wait it out is found out on the slowest machine.
                        .withKafka(Map.of("consumer.session.timeout.ms", 45_000)),
                new SimpleMeterRegistry());
    }

    private static Duration untilReady(Planner planner) {
        long started = System.nanoTime();
        planner.start();
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> planner.unready().isEmpty());
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /// It left the group, so that nobody waits until its session is over.
    @Test
    void isReadyAgainWithinSecondsAfterARestart() {
        try (var kafka = EmbeddedKafka.start(1);
                var broker = new PlannerBroker(kafka, "restart.", 4)) {
            try (var planner = planner(broker)) {
                untilReady(planner);
            }
            try (var planner = planner(broker)) {
                assertThat(untilReady(planner)).isLessThan(Duration.ofSeconds(30));
            }
        }
    }

    @Test
    void refusesToStartOnBrokersWithTooLowATransactionVersion() throws ExecutionException, InterruptedException {
        try (var kafka = EmbeddedKafka.start(1);
                var broker = new PlannerBroker(kafka, "old.", 1);
                var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.updateFeatures(
                            Map.of("transaction.version", new FeatureUpdate((short) 1, UpgradeType.SAFE_DOWNGRADE)),
                            new UpdateFeaturesOptions())
                    .all()
                    .get();
            // The controller has acknowledged it; the broker that is asked learns of it a moment later.
            await().atMost(Duration.ofSeconds(30)).until(() -> transactionVersion(admin) == 1);

            try (var planner = planner(broker)) {
                assertThatThrownBy(planner::start)
                        .isInstanceOf(BrokerCheckException.class)
                        .hasMessageContaining("transaction.version");
            }
        }
    }

    private static int transactionVersion(Admin admin) throws ExecutionException, InterruptedException {
        var finalized = admin.describeFeatures()
                .featureMetadata()
                .get()
                .finalizedFeatures()
                .get("transaction.version");
        return finalized == null ? 0 : finalized.maxVersionLevel();
    }
}
