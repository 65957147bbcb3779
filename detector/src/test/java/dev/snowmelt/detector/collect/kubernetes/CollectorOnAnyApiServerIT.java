package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.SOON;
import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.TARGET;
import static dev.snowmelt.detector.collect.kubernetes.KubernetesCollectorIT.CART;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.ObservationLog.Entry;
import dev.snowmelt.fingerprint.kubernetes.PodFingerprint;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Observation.WhatCase;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The same against a simulated cluster and, when `SNOWMELT_TEST_KUBECONFIG` names a file, a real
/// API server. No node runs the pods: the test plays the kubelet.
class CollectorOnAnyApiServerIT {
    private static final String IMAGE_ID = "registry.example/shop/cart@sha256:";

    private static EmbeddedKafka kafka;
    private static @Nullable SimulatedCluster simulated;
    private static Config config;

    private final String namespace =
            "snowmelt-it-" + UUID.randomUUID().toString().substring(0, 8);
    private CollectorFixture fixture;
    private KubernetesClient client;

    @BeforeAll
    static void startServers() throws Exception {
        String real = System.getenv("SNOWMELT_TEST_KUBECONFIG");
        if (real == null || real.isEmpty()) {
            SimulatedCluster cluster = SimulatedCluster.builder().start();
            cluster.freezeKubelets();
            simulated = cluster;
            config = cluster.kubernetesConfig();
        } else {
            config = Config.fromKubeconfig(Files.readString(Path.of(real)));
        }
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopServers() {
        kafka.close();
        SimulatedCluster cluster = simulated;
        if (cluster != null) {
            cluster.close();
        }
    }

    @BeforeEach
    void start() {
        client = new KubernetesClientBuilder().withConfig(config).build();
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
        fixture = new CollectorFixture(kafka);
    }

    @AfterEach
    void stop() {
        fixture.close();
        client.namespaces().withName(namespace).delete();
        client.close();
    }

    @Test
    void followsADeployment() {
        deployCart();
        Collector collector = fixture.watching(fixture.collector(config, this::here));
        assertThat(known()).isEqualTo(facetsOf(pods()));
        assertThat(fixture.log.all(entry -> entry.is(WhatCase.INSTANCE)))
                .extracting(Entry::key)
                .containsOnly("k8s:test/" + namespace + "/Deployment/cart");
        assertThat(fixture.log
                        .all(entry -> entry.is(WhatCase.WORKLOAD))
                        .getLast()
                        .value()
                        .getWorkload()
                        .getTemplate()
                        .getId())
                .isEqualTo(PodFingerprint.imageFacet(pods().getFirst()).getTemplate());

        Pod changed = pods().getFirst();
        long now = System.currentTimeMillis();
        run(changed, "f");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(fixture.log.all(entry -> runs(entry, "f")))
                        .isNotEmpty()
                        .allSatisfy(entry -> assertThat(entry.header().observedAtMillis() - now)
                                .isLessThan(1000)));

        client.resource(pods().getLast()).withGracePeriod(0).delete();

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(fixture.log.all(entry -> entry.is(WhatCase.INSTANCE_GONE)))
                    .hasSize(1);
            assertThat(pods()).hasSize(3);
            assertThat(known()).isEqualTo(facetsOf(pods()));
        });
        assertThat(collector.health().ready()).isTrue();
    }

    @Test
    void findsWhatHappenedWhileItWasAway() {
        deployCart();
        fixture.watching(fixture.collector(config, this::here)).close();
        client.resource(pods().getLast()).withGracePeriod(0).delete();
        await().atMost(SOON).untilAsserted(() -> assertThat(pods()).hasSize(3));

        Collector second = fixture.watching(fixture.collector(config, this::here));

        assertThat(second.health().epoch()).isEqualTo(2);
        assertThat(known()).isEqualTo(facetsOf(pods()));
    }

    @Test
    void readsALongListInPages() {
        PodSpec spec = unscheduled();
        for (int i = 0; i < 510; i++) {
            client.resource(new PodBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName("pod-" + i)
                            .endMetadata()
                            .withSpec(spec)
                            .build())
                    .create();
        }

        fixture.watching(fixture.collector(config, this::here));

        assertThat(fixture.log.lastEnd().getInstances()).isEqualTo(510);
        assertThat(known()).hasSize(510);
    }

    @Test
    void learnsThatAResourceVersionIsTooOld() throws Exception {
        SimulatedCluster cluster = simulated;
        // Nobody can make a real server forget: it compacts every five minutes.
        assumeThat(cluster).isNotNull();
        Objects.requireNonNull(cluster).compactHistory();
        var api = new ApiClient(client, Duration.ofSeconds(10));

        assertThatThrownBy(() -> {
                    try (EventReader<Pod> events = api.watch(ApiResource.PODS, namespace, "1")) {
                        events.next();
                    }
                })
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.why()).isEqualTo(ApiException.Cause.EXPIRED));
    }

    private KubernetesCollectorSettings here(KubernetesCollectorSettings settings) {
        return settings.withNamespaces(List.of(namespace))
                .withLease(new LeaseSettings(
                        namespace, "collector", Duration.ofSeconds(4), Duration.ofSeconds(3), Duration.ofMillis(500)));
    }

    private void deployCart() {
        client.resource(new DeploymentBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("cart")
                        .endMetadata()
                        .withNewSpec()
                        .withReplicas(3)
                        .withNewSelector()
                        .withMatchLabels(Map.of("app", "cart"))
                        .endSelector()
                        .withNewTemplate()
                        .withNewMetadata()
                        .withLabels(Map.of("app", "cart"))
                        .endMetadata()
                        .withSpec(unscheduled())
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
        await().atMost(SOON).untilAsserted(() -> assertThat(pods()).hasSize(3));
        pods().forEach(pod -> run(pod, "1"));
        await().atMost(SOON).untilAsserted(() -> {
            var status = client.apps()
                    .deployments()
                    .inNamespace(namespace)
                    .withName("cart")
                    .get();
            assertThat(status.getStatus().getObservedGeneration())
                    .isEqualTo(status.getMetadata().getGeneration());
            assertThat(status.getStatus().getReadyReplicas()).isEqualTo(3);
        });
    }

    private static PodSpec unscheduled() {
        return new PodSpecBuilder()
                .withSchedulerName("nobody")
                .addNewContainer()
                .withName("cart")
                .withImage(CART)
                .endContainer()
                .build();
    }

    private void run(Pod pod, String digit) {
        client.pods()
                .resource(pod)
                .editStatus(now -> new PodBuilder(now)
                        .editOrNewStatus()
                        .withPhase("Running")
                        .withConditions(new PodConditionBuilder()
                                .withType("Ready")
                                .withStatus("True")
                                .build())
                        .withContainerStatuses(new ContainerStatusBuilder()
                                .withName("cart")
                                .withImage(CART)
                                .withImageID(IMAGE_ID + digit.repeat(64))
                                .withReady(true)
                                .withRestartCount(0)
                                .withNewState()
                                .withNewRunning()
                                .endRunning()
                                .endState()
                                .build())
                        .endStatus()
                        .build());
    }

    private static boolean runs(Entry entry, String digit) {
        return entry.value().getInstance().getImage().getContainersList().stream()
                .anyMatch(container -> container.getImageId().equals(IMAGE_ID + digit.repeat(64)));
    }

    private List<Pod> pods() {
        return client.pods().inNamespace(namespace).list().getItems();
    }

    private Map<String, ImageFacet> known() {
        Map<String, ImageFacet> byInstance = new HashMap<>();
        Replay.of(fixture.log.all())
                .forEach((subject, facet) -> byInstance.put(subject.substring(subject.indexOf('|') + 1), facet));
        return byInstance;
    }

    private static Map<String, ImageFacet> facetsOf(List<Pod> pods) {
        return pods.stream()
                .collect(Collectors.toMap(
                        pod -> PodFingerprint.instance(TARGET, pod).toString(), PodFingerprint::imageFacet));
    }
}
