package dev.snowmelt.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
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

/// What only the simulated cluster has: controllers and kubelets that live, backdoors, the ledger, large
/// numbers.
class SimulatedClusterIT {

    private static final String CART = "registry.example/shop/cart:1.2";
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

    @Test
    void recreatesAnEvictedPodFromWhatTheTagPointsAtNow() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.awaitSettled(SOON);
        Pod pod = cluster.podsOf("shop", "cart").getFirst();
        List<String> seen = new CopyOnWriteArrayList<>();
        client.pods().inNamespace("shop").watch(new Watcher<>() {
            @Override
            public void eventReceived(Action action, Pod changed) {
                seen.add(action + " " + changed.getMetadata().getName());
            }

            @Override
            public void onClose(WatcherException cause) {}
        });

        cluster.images().pushTag(CART, SECOND);
        boolean evicted = client.pods()
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

        assertThat(evicted).isTrue();
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(seen).contains("DELETED " + pod.getMetadata().getName()));
        cluster.awaitSettled(SOON);
        assertThat(imageIds())
                .containsExactlyInAnyOrder(
                        "registry.example/shop/cart@" + FIRST,
                        "registry.example/shop/cart@" + FIRST,
                        "registry.example/shop/cart@" + SECOND);
        assertThat(cluster.ledger().evictions()).singleElement().satisfies(entry -> {
            assertThat(entry.uid()).isEqualTo(pod.getMetadata().getUid());
            assertThat(entry.status()).isEqualTo(201);
            assertThat(entry.userAgent()).contains("fabric8");
        });
        assertThat(cluster.ledger().touched()).hasSize(1);
    }

    private List<String> imageIds() {
        return cluster.podsOf("shop", "cart").stream()
                .map(pod -> pod.getStatus().getContainerStatuses().getFirst().getImageID())
                .toList();
    }

    @Test
    void listsTenThousandPodsInPages() {
        cluster.freezeControllers();
        cluster.workloads().loadDeployment("shop", "cart", CART, 10_000);

        PodList page = client.pods()
                .inAnyNamespace()
                .list(new io.fabric8.kubernetes.api.model.ListOptionsBuilder()
                        .withLimit(500L)
                        .build());

        assertThat(page.getItems()).hasSize(500);
        assertThat(page.getMetadata().getRemainingItemCount()).isEqualTo(9500);
    }
}
