package dev.snowmelt.sandbox.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// A hundred thousand pods: loaded, listed, streamed, changed.
class LargeClusterIT {

    private static final String IMAGE = "registry.example/shop/cart@sha256:" + "1".repeat(64);

    @Test
    void holdsAHundredThousandPods() throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.builder().start()) {
            cluster.freezeControllers();
            cluster.freezeKubelets();
            for (int i = 0; i < 10; i++) {
                cluster.workloads().loadDeployment("shop-" + i, "cart", IMAGE, 10_000);
            }

            Duration ofTenThousand = list(cluster, "/api/v1/namespaces/shop-3/pods", 10_000);
            list(cluster, "/api/v1/pods", 100_000);
            assertThat(streamed(cluster)).isEqualTo(100_000);

            assertThat(ofTenThousand).isLessThan(Duration.ofSeconds(5)); // 0.1 s on an idle machine
        }
    }

    private static Duration list(SimulatedCluster cluster, String path, int expected) throws Exception {
        long start = System.nanoTime();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> answer = http.send(
                    HttpRequest.newBuilder(URI.create(cluster.masterUrl() + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(count(answer.body(), "\"restartCount\"")).isEqualTo(expected);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        System.out.printf("%,d pods listed in %d ms%n", expected, took.toMillis());
        return took;
    }

    private static int count(InputStream body, String word) throws Exception {
        byte[] searched = word.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        byte[] chunk = new byte[1 << 16];
        int found = 0;
        int matched = 0;
        for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
            for (int i = 0; i < read; i++) {
                matched = chunk[i] == searched[matched] ? matched + 1 : chunk[i] == searched[0] ? 1 : 0;
                if (matched == searched.length) {
                    found++;
                    matched = 0;
                }
            }
        }
        return found;
    }

    private static int streamed(SimulatedCluster cluster) {
        AtomicInteger added = new AtomicInteger();
        AtomicInteger ends = new AtomicInteger();
        try (KubernetesClient client = new KubernetesClientBuilder()
                        .withConfig(cluster.kubernetesConfig())
                        .build();
                var _ = client.pods()
                        .inAnyNamespace()
                        .watch(
                                new ListOptionsBuilder()
                                        .withSendInitialEvents(true)
                                        .withResourceVersionMatch("NotOlderThan")
                                        .withAllowWatchBookmarks(true)
                                        .build(),
                                new Watcher<Pod>() {
                                    @Override
                                    public void eventReceived(Action action, Pod pod) {
                                        (action == Action.BOOKMARK ? ends : added).incrementAndGet();
                                    }

                                    @Override
                                    public void onClose(WatcherException cause) {}
                                })) {
            await().atMost(Duration.ofMinutes(2)).until(() -> ends.get() > 0);
        }
        return added.get();
    }
}
