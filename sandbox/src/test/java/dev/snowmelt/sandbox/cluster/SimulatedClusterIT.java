package dev.snowmelt.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What only the simulated cluster has: controllers and kubelets that live together, the registry, backdoors,
/// the ledger.
class SimulatedClusterIT {

    private static final String CART = "registry.example/shop/cart:1.2";
    private static final String REPOSITORY = "registry.example/shop/cart";
    private static final String FIRST = "sha256:" + "1".repeat(64);
    private static final String SECOND = "sha256:" + "2".repeat(64);
    private static final Duration SOON = Duration.ofSeconds(30);

    private SimulatedCluster cluster;
    private KubernetesClient client;

    @BeforeEach
    void start() {
        cluster = SimulatedCluster.builder()
                .startDelay(Duration.ofMillis(20))
                .terminationDelay(Duration.ofMillis(20))
                .start();
        client = new KubernetesClientBuilder()
                .withConfig(cluster.kubernetesConfig())
                .build();
        cluster.images().pushTag(CART, FIRST);
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    private Pod aCart() throws Exception {
        cluster.awaitSettled(SOON);
        return cluster.podsOf("shop", "cart").getFirst();
    }

    private static ContainerStatus status(Pod pod, String container) {
        return pod.getStatus().getContainerStatuses().stream()
                .filter(status -> status.getName().equals(container))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no status of " + container));
    }

    private Pod now(Pod pod) {
        return cluster.get(Pod.class, "shop", pod.getMetadata().getName()).orElseThrow();
    }

    private List<String> imageIds() {
        return cluster.podsOf("shop", "cart").stream()
                .map(pod -> status(pod, "cart").getImageID())
                .toList();
    }

    private boolean evict(Pod pod) {
        return client.pods()
                .inNamespace("shop")
                .withName(pod.getMetadata().getName())
                .evict(new EvictionBuilder()
                        .withNewMetadata()
                        .withName(pod.getMetadata().getName())
                        .withNamespace("shop")
                        .endMetadata()
                        .withDeleteOptions(new DeleteOptionsBuilder()
                                .withNewPreconditions()
                                .withUid(pod.getMetadata().getUid())
                                .endPreconditions()
                                .build())
                        .build());
    }

    @Test
    void recreatesAnEvictedPodFromWhatTheTagPointsAtNow() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 3);
        Pod pod = aCart();
        cluster.images().pushTag(CART, SECOND);

        assertThat(evict(pod)).isTrue();

        await().atMost(SOON)
                .until(() -> cluster.get(Pod.class, "shop", pod.getMetadata().getName())
                        .isEmpty());
        cluster.awaitSettled(SOON);
        assertThat(imageIds())
                .containsExactlyInAnyOrder(
                        REPOSITORY + "@" + FIRST, REPOSITORY + "@" + FIRST, REPOSITORY + "@" + SECOND);
        assertThat(cluster.ledger().evictions()).singleElement().satisfies(entry -> {
            assertThat(entry.uid()).isEqualTo(pod.getMetadata().getUid());
            assertThat(entry.status()).isEqualTo(201);
            assertThat(entry.userAgent()).contains("fabric8");
        });
        assertThat(cluster.ledger().touched()).hasSize(1);
    }

    @Test
    void restartsAContainerWhoseImageIsChangedInPlace() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 1);
        Pod pod = aCart();

        cluster.editInPlace("shop", pod.getMetadata().getName(), "cart", REPOSITORY + "@" + SECOND);

        await().atMost(SOON).untilAsserted(() -> {
            ContainerStatus status = status(now(pod), "cart");
            assertThat(status.getImageID()).isEqualTo(REPOSITORY + "@" + SECOND);
            assertThat(status.getRestartCount()).isEqualTo(1);
            assertThat(status.getReady()).isTrue();
        });
        assertThat(now(pod).getMetadata().getUid()).isEqualTo(pod.getMetadata().getUid());
    }

    @Test
    void startsContainersThatComeByTheBackdoorOrForDebugging() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 1);
        Pod pod = aCart();

        cluster.backdoor()
                .injectContainer("shop", pod.getMetadata().getName(), "miner", "evil.example/miner@" + SECOND);
        cluster.workloads().debug("shop", pod.getMetadata().getName(), "shell", "busybox@" + FIRST);

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(status(now(pod), "miner").getImageID()).isEqualTo("evil.example/miner@" + SECOND);
            assertThat(now(pod).getStatus().getEphemeralContainerStatuses())
                    .singleElement()
                    .satisfies(shell -> assertThat(shell.getImageID()).isEqualTo("busybox@" + FIRST));
        });
        assertThat(status(now(pod), "cart").getRestartCount()).isZero();
    }

    @Test
    void waitsForAnImageThatIsNotThereYet() {
        cluster.workloads().deployment("shop", "cart", "registry.example/shop/cart:9", 1);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.podsOf("shop", "cart"))
                        .singleElement()
                        .satisfies(pod -> {
                            assertThat(status(pod, "cart")
                                            .getState()
                                            .getWaiting()
                                            .getReason())
                                    .contains("ImagePull");
                            assertThat(status(pod, "cart").getImageID()).isEmpty();
                            assertThat(pod.getStatus().getPhase()).isEqualTo("Pending");
                        }));

        cluster.images().pushTag("registry.example/shop/cart:9", SECOND);

        await().atMost(SOON).untilAsserted(() -> assertThat(imageIds()).containsExactly(REPOSITORY + "@" + SECOND));
    }

    @Test
    void reportsImagesAsRuntimesDo() throws Exception {
        cluster.images().reportAs(FIRST, "docker-pullable://mirror.example/cart@" + SECOND);
        cluster.workloads().deployment("shop", "cart", CART, 1);

        aCart();

        assertThat(imageIds()).containsExactly("docker-pullable://mirror.example/cart@" + SECOND);
    }

    @Test
    void rollsAStatefulSetFromItsTopAndKeepsItsClaims() throws Exception {
        cluster.workloads().statefulSet("shop", "cart", CART, 3, true);
        cluster.awaitSettled(SOON);
        List<String> deleted = new CopyOnWriteArrayList<>();

        try (var _ = client.pods().inNamespace("shop").watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, Pod pod) {
                if (action == Action.DELETED) {
                    deleted.add(pod.getMetadata().getName());
                }
            }

            @Override
            public void onClose(WatcherException cause) {}
        })) {
            cluster.workloads().setTemplateImage("StatefulSet", "shop", "cart", REPOSITORY + "@" + SECOND);
            cluster.awaitSettled(SOON);
            await().atMost(SOON).until(() -> deleted.size() == 3);
        }

        assertThat(deleted).containsExactly("cart-2", "cart-1", "cart-0");
        assertThat(imageIds()).hasSize(3).containsOnly(REPOSITORY + "@" + SECOND);
        StatefulSet set = cluster.get(StatefulSet.class, "shop", "cart").orElseThrow();
        assertThat(set.getStatus().getCurrentRevision())
                .isEqualTo(set.getStatus().getUpdateRevision());
        assertThat(cluster.list(PersistentVolumeClaim.class, "shop")).hasSize(3);
    }

    @Test
    void runsADaemonOnEveryNodeThatComes() throws Exception {
        cluster.workloads().daemonSet("shop", "cart", CART);
        cluster.awaitSettled(SOON);

        cluster.workloads().node("node-4");

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.podsOf("shop", "cart"))
                        .extracting(pod -> pod.getSpec().getNodeName())
                        .containsExactlyInAnyOrder("node-1", "node-2", "node-3", "node-4"));
    }

    @Test
    void recreatesNoBarePodAndMirrorsAStaticOneAgain() throws Exception {
        cluster.workloads().barePod("shop", "bare", CART);
        cluster.backdoor().staticPod("kube-system", "proxy", "node-1", CART);
        cluster.awaitSettled(SOON);
        Pod mirror = cluster.pods("kube-system").getFirst();

        cluster.delete(Pod.class, "shop", "bare");
        cluster.delete(Pod.class, "kube-system", "proxy-node-1");

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(cluster.pods("shop")).isEmpty();
            assertThat(cluster.pods("kube-system")).singleElement().satisfies(again -> {
                assertThat(again.getMetadata().getUid())
                        .isNotEqualTo(mirror.getMetadata().getUid());
                assertThat(again.getStatus().getContainerStatuses())
                        .isEqualTo(mirror.getStatus().getContainerStatuses());
            });
        });
    }

    @Test
    void releasesAPodWhoseLabelsNoLongerMatch() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 1);
        Pod pod = aCart();

        client.pods().inNamespace("shop").withName(pod.getMetadata().getName()).edit(quarantined -> {
            quarantined.getMetadata().getLabels().put("app", "quarantine");
            return quarantined;
        });

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(now(pod).getMetadata().getOwnerReferences()).isEmpty();
            assertThat(cluster.podsOf("shop", "cart")).hasSize(2);
        });
    }

    @Test
    void letsABudgetStandInTheWayWhileAReplicaIsNotReady() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 2);
        cluster.workloads().budget("shop", "cart", "1");
        Pod pod = aCart();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.get(PodDisruptionBudget.class, "shop", "cart")
                                .orElseThrow()
                                .getStatus()
                                .getDisruptionsAllowed())
                        .isEqualTo(1));

        cluster.neverReady("shop", pod.getMetadata().getName());
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.get(PodDisruptionBudget.class, "shop", "cart")
                                .orElseThrow()
                                .getStatus()
                                .getDisruptionsAllowed())
                        .isZero());

        assertThat(cluster.get(Deployment.class, "shop", "cart")
                        .orElseThrow()
                        .getStatus()
                        .getReadyReplicas())
                .isEqualTo(1);
        cluster.readyAgain();
        cluster.awaitSettled(SOON);
    }

    @Test
    void emptiesADeletedNamespace() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.awaitSettled(SOON);

        client.namespaces().withName("shop").delete();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.namespaces()).doesNotContain("shop"));
        assertThat(cluster.pods("")).isEmpty();
    }
}
