package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorHealth;
import dev.snowmelt.sandbox.cluster.AccessRule;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A collector for one look, beside the one that watches for good.
class OnlyCollectorIT {
    private static final String CART = KubernetesCollectorIT.CART;

    @Test
    void needsNoLeaseAndLeavesThatOfAnotherAlone() throws Exception {
        try (var kafka = EmbeddedKafka.start(1);
                var cluster = SimulatedCluster.builder()
                        .startDelay(Duration.ofMillis(20))
                        .start();
                var production = new CollectorFixture(kafka);
                var once = new CollectorFixture(kafka)) {
            cluster.images().pushTag(CART, "sha256:" + "1".repeat(64));
            cluster.workloads().deployment("shop", "cart", CART, 3);
            cluster.awaitSettled(SOON);
            Collector holder = production.watching(cluster.kubernetesConfig());
            Set<String> look = Set.of("list", "watch");
            cluster.user(
                    "once",
                    "once",
                    List.of(
                            new AccessRule(Set.of("apps"), Set.of("*"), look, Set.of(), ""),
                            new AccessRule(Set.of(""), Set.of("pods"), look, Set.of(), "")));

            Collector only =
                    once.collector(cluster.kubernetesConfig("once"), KubernetesCollectorSettings::withoutLease);
            only.start();

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(only.health().state()).isEqualTo(CollectorHealth.State.WATCHING));
            assertThat(only.health().epoch()).isEqualTo(1);
            assertThat(once.log.lastEnd().getInstances()).isEqualTo(3);
            assertThat(holder.health().state()).isEqualTo(CollectorHealth.State.WATCHING);
            assertThat(cluster.list(Lease.class, ""))
                    .singleElement()
                    .satisfies(lease ->
                            assertThat(lease.getSpec().getLeaseTransitions()).isEqualTo(1));
        }
    }
}
