package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorHealth;
import dev.snowmelt.detector.collect.ObservationLog;
import dev.snowmelt.detector.collect.ObservationLog.Entry;
import dev.snowmelt.sandbox.cluster.AccessRule;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.v1.Observation.WhatCase;
import dev.snowmelt.v1.SnapshotEnd;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What goes wrong around a collector, and that nothing is concluded from it.
class CollectorTroubleIT {
    private static final String CART = KubernetesCollectorIT.CART;

    private static EmbeddedKafka kafka;

    private SimulatedCluster cluster;
    private CollectorFixture fixture;
    private ObservationLog log;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start() {
        cluster = cluster(0);
        fixture = new CollectorFixture(kafka);
        log = fixture.log;
    }

    private static SimulatedCluster cluster(int port) {
        SimulatedCluster cluster = SimulatedCluster.builder()
                .port(port)
                .startDelay(Duration.ofMillis(20))
                .terminationDelay(Duration.ofMillis(20))
                .bookmarkInterval(Duration.ofMillis(300))
                .start();
        cluster.images().pushTag(CART, "sha256:" + "1".repeat(64));
        return cluster;
    }

    @AfterEach
    void stop() {
        fixture.close();
        cluster.close();
    }

    @Test
    void namesTheRightThatIsMissingAndGoesOnWhenItIsGranted() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.awaitSettled(SOON);
        List<AccessRule> allButPods = new ArrayList<>(List.of(
                rule("coordination.k8s.io", "leases", "", "get", "create", "update"),
                rule("apps", "*", "", "list", "watch", "get")));
        cluster.user("snowmelt", "collector", allButPods);
        Collector collector = fixture.collector(cluster.kubernetesConfig("snowmelt"));
        collector.start();

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(collector.health().problem())
                                .isEqualTo(
                                        "may not list pods in API group '' at cluster scope: grant list and watch (see README, RBAC)"));
        assertThat(collector.health().ready()).isFalse();
        assertThat(log.ends()).isEmpty();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.statuses().values())
                        .singleElement()
                        .satisfies(status -> assertThat(status.getProblem()).startsWith("may not list pods")));

        allButPods.add(rule("", "pods", "", "list", "watch"));
        cluster.user("snowmelt", "collector", allButPods);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().ready()).isTrue());
        assertThat(log.lastEnd().getInstances()).isEqualTo(3);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.statuses().values())
                        .singleElement()
                        .satisfies(status -> {
                            assertThat(status.getProblem()).isEmpty();
                            assertThat(status.getInstances()).isEqualTo(3);
                        }));
    }

    @Test
    void namesTheLeaseThatItMayNotUse() {
        cluster.user("snowmelt", "collector", List.of());
        Collector collector = fixture.collector(cluster.kubernetesConfig("snowmelt"));
        collector.start();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().problem())
                        .isEqualTo("may not get leases in API group 'coordination.k8s.io' in namespace 'default': "
                                + "grant get, create and update (see README, RBAC)"));
        assertThat(collector.health().ready()).isFalse();
    }

    @Test
    void looksAtSomeNamespacesUnderARole() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 2);
        cluster.workloads().deployment("bank", "vault", CART, 2);
        cluster.workloads().deployment("other", "secret", CART, 2);
        cluster.awaitSettled(SOON);
        cluster.user(
                "snowmelt",
                "collector",
                List.of(
                        rule("coordination.k8s.io", "leases", "default", "get", "create", "update"),
                        rule("apps", "*", "shop", "list", "watch", "get"),
                        rule("", "pods", "shop", "list", "watch"),
                        rule("apps", "*", "bank", "list", "watch", "get"),
                        rule("", "pods", "bank", "list", "watch")));

        fixture.watching(fixture.collector(
                cluster.kubernetesConfig("snowmelt"), settings -> settings.withNamespaces(List.of("shop", "bank"))));

        assertThat(log.all(entry -> entry.is(WhatCase.INSTANCE)))
                .extracting(Entry::key)
                .containsOnly("k8s:test/shop/Deployment/cart", "k8s:test/bank/Deployment/vault");
        assertThat(log.lastEnd().getInstances()).isEqualTo(4);
    }

    private static AccessRule rule(String group, String resource, String namespace, String... verbs) {
        return new AccessRule(Set.of(group), Set.of(resource), Set.of(verbs), Set.of(), namespace);
    }

    @Test
    void waitsForAnApiServerThatCannotBeReached() throws Exception {
        int port = freePort();
        Config nobody = new ConfigBuilder(cluster.kubernetesConfig())
                .withMasterUrl("http://127.0.0.1:" + port)
                .build();
        Collector collector = fixture.collector(nobody);
        collector.start();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().problem())
                        .startsWith("cannot reach the API server at http://127.0.0.1:" + port));
        assertThat(collector.health().ready()).isFalse();

        try (SimulatedCluster late = cluster(port)) {
            late.workloads().deployment("shop", "cart", CART, 2);
            await().atMost(SOON.multipliedBy(2))
                    .untilAsserted(() -> assertThat(collector.health().ready()).isTrue());
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void concludesNothingFromAnApiServerThatVanishes() throws Exception {
        SimulatedCluster mortal = cluster(0);
        mortal.workloads().deployment("shop", "cart", CART, 3);
        mortal.awaitSettled(SOON);
        Collector collector = fixture.watching(
                fixture.collector(mortal.kubernetesConfig(), settings -> settings.withResync(Duration.ofMillis(500))));

        mortal.close();

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(collector.health().ready()).isFalse();
            assertThat(collector.health().problem()).startsWith("cannot reach the API server at");
        });
        assertThat(log.all(entry -> entry.is(WhatCase.INSTANCE_GONE) || entry.is(WhatCase.WORKLOAD_GONE)))
                .isEmpty();
        assertThat(Replay.of(log.all())).hasSize(3);
        log.ends()
                .values()
                .forEach(ends ->
                        assertThat(ends).extracting(SnapshotEnd::getInstances).containsOnly(3L));
    }

    @Test
    void aSecondReplicaTakesOverWithAHigherEpoch() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 2);
        cluster.awaitSettled(SOON);
        Collector first = fixture.watching(cluster.kubernetesConfig());
        Collector second = fixture.collector(cluster.kubernetesConfig());
        second.start();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(second.health().ready()).isTrue());
        assertThat(second.health().state()).isEqualTo(CollectorHealth.State.STANDBY);

        first.close();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(second.health().state()).isEqualTo(CollectorHealth.State.WATCHING));
        assertThat(second.health().epoch()).isEqualTo(2);
        assertThat(log.ends()).hasSize(2);
        List<Long> snapshots = List.copyOf(log.ends().keySet());
        assertThat(snapshots.get(1)).isGreaterThan(snapshots.get(0));
    }

    @Test
    void stopsWritingWhenItCannotRenewItsLease() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 2);
        cluster.awaitSettled(SOON);
        cluster.user(
                "first",
                "first",
                List.of(
                        rule("coordination.k8s.io", "leases", "", "get", "create", "update"),
                        rule("*", "*", "", "list", "watch", "get")));
        var meters = new SimpleMeterRegistry();
        Collector first = fixture.watching(fixture.collector(
                cluster.kubernetesConfig("first"), UnaryOperator.identity(), InstantSource.system(), meters));
        var instances = meters.get("snowmelt.collector.instances").gauge();
        await().atMost(SOON).untilAsserted(() -> assertThat(instances.value()).isEqualTo(2));

        cluster.user("first", "first", List.of(rule("*", "*", "", "list", "watch", "get")));
        // Told as long as it is the holder; when it sees that another one holds the lease, it waits like any other.
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(first.health().problem()).startsWith("may not update leases"));
        Collector second = fixture.watching(cluster.kubernetesConfig());

        assertThat(first.health().state()).isEqualTo(CollectorHealth.State.STANDBY);
        assertThat(instances.value()).as("what it saw last is no news").isNaN();
        assertThat(second.health().epoch()).isEqualTo(2);
        int before = log.all().size();
        cluster.workloads().scale("Deployment", "shop", "cart", 4);
        cluster.awaitSettled(SOON);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Replay.of(log.all())).hasSize(4));
        assertThat(log.all().subList(before, log.all().size()))
                .allSatisfy(entry -> assertThat(entry.header().epoch()).isEqualTo(2));
    }

    @Test
    void neverGoesBackToALowerEpochWhenSomebodyDeletesTheLease() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 2);
        cluster.awaitSettled(SOON);
        fixture.watching(cluster.kubernetesConfig()).close();
        fixture.watching(cluster.kubernetesConfig()).close();

        cluster.delete(
                io.fabric8.kubernetes.api.model.coordination.v1.Lease.class, "default", "snowmelt-collector-test");
        Collector third = fixture.watching(cluster.kubernetesConfig());

        assertThat(third.health().epoch()).isEqualTo(3);
    }

    @Test
    void podsThatWereDeletedMeanwhileAreGoneAtTheEndOfTheNextSnapshotAndNotBefore() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 4);
        cluster.awaitSettled(SOON);
        fixture.watching(cluster.kubernetesConfig()).close();
        Pod victim = cluster.podsOf("shop", "cart").getFirst();
        cluster.freezeControllers();
        cluster.backdoor().vanish("shop", victim.getMetadata().getName());

        fixture.watching(cluster.kubernetesConfig());

        String gone = victim.getMetadata().getUid();
        List<Entry> all = log.all();
        int partition = all.stream()
                .filter(entry -> entry.value().getInstance().getInstance().endsWith(gone))
                .findFirst()
                .orElseThrow()
                .partition();
        List<Entry> there =
                all.stream().filter(entry -> entry.partition() == partition).toList();
        assertThat(there.getLast().is(WhatCase.END)).isTrue();
        assertThat(Replay.of(there.subList(0, there.size() - 1)).keySet()).anyMatch(key -> key.endsWith(gone));
        assertThat(Replay.of(there).keySet()).noneMatch(key -> key.endsWith(gone));
        assertThat(Replay.of(all)).hasSize(3);
    }

    /// Promise S9, over a restart.
    @Test
    void doesNotBelieveThatMostOfTheClusterVanishedUntilItIsSeenTwice() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 12);
        cluster.awaitSettled(SOON);
        fixture.watching(cluster.kubernetesConfig()).close();
        cluster.freezeControllers();
        for (Pod pod : cluster.podsOf("shop", "cart").subList(0, 9)) {
            cluster.backdoor().vanish("shop", pod.getMetadata().getName());
        }

        fixture.watching(fixture.collector(
                cluster.kubernetesConfig(), settings -> settings.withConfirmation(Duration.ofMillis(700))));

        assertThat(List.copyOf(log.ends().values()).get(1)).allSatisfy(end -> {
            assertThat(end.getInstances()).isEqualTo(3);
            assertThat(end.getBelievable()).isFalse();
        });
        assertThat(Replay.of(log.all(entry -> entry.header().snapshot()
                        <= List.copyOf(log.ends().keySet()).get(1))))
                .hasSize(12);
        await().atMost(SOON).untilAsserted(() -> assertThat(log.ends()).hasSize(3));
        assertThat(log.lastEnd().getBelievable()).isTrue();
        assertThat(Replay.of(log.all())).hasSize(3);
    }
}
