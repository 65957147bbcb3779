package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A fault of the collector itself is said, and it begins anew: it must not stop looking without a
/// word.
@Timeout(120)
class CollectorFaultIT {
    private static final String CART = KubernetesCollectorIT.CART;

    private EmbeddedKafka kafka;
    private SimulatedCluster cluster;
    private CollectorFixture fixture;

    @BeforeEach
    void start() throws Exception {
        kafka = EmbeddedKafka.start(1);
        cluster = SimulatedCluster.builder().startDelay(Duration.ofMillis(20)).start();
        cluster.images().pushTag(CART, "sha256:" + "1".repeat(64));
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.awaitSettled(SOON);
        fixture = new CollectorFixture(kafka);
    }

    @AfterEach
    void stop() {
        fixture.close();
        cluster.close();
        kafka.close();
    }

    @Test
    void aFaultInASessionIsSaidAndTheNextSessionBeginsWithASnapshot() {
        var meters = new FaultyMeters();
        var collector =
                fixture.collector(cluster.kubernetesConfig(), UnaryOperator.identity(), InstantSource.system(), meters);
        collector.start();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().problem())
                        .isEqualTo("the collector failed: out of order, for a test"));
        meters.broken.set(false);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().ready()).isTrue());
        assertThat(collector.health().problem()).isEmpty();
        await().atMost(SOON).until(() -> fixture.log.ends().size() >= 2);
    }

    @Test
    void aFaultBesideASessionDoesNotStopItForGood() {
        var broken = new AtomicBoolean(true);
        InstantSource clock = () -> {
            if (broken.get()) {
                throw new IllegalStateException("no time, for a test");
            }
            return Instant.now();
        };
        var collector = fixture.collector(
                cluster.kubernetesConfig(), UnaryOperator.identity(), clock, new SimpleMeterRegistry());
        collector.start();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().problem())
                        .isEqualTo("the collector failed: no time, for a test"));
        broken.set(false);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().ready()).isTrue());
        assertThat(collector.health().problem()).isEmpty();
    }

    /// Its timer of snapshots fails as long as it is broken.
    private static final class FaultyMeters extends SimpleMeterRegistry {
        private final AtomicBoolean broken = new AtomicBoolean(true);

        @Override
        protected Timer newTimer(Meter.Id id, DistributionStatisticConfig statistics, PauseDetector pauses) {
            if (id.getName().equals("snowmelt.collector.snapshots") && broken.get()) {
                throw new IllegalStateException("out of order, for a test");
            }
            return super.newTimer(id, statistics, pauses);
        }
    }
}
