package dev.snowmelt.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.cluster.Ledger;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/// A cluster with one workload, which is declared, drifts and is mended.
final class Shop implements AutoCloseable {
    static final String WORKLOAD = "k8s:test/shop/Deployment/cart";
    private static final String NAMESPACE = "shop";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String GOOD = "registry.example/shop/cart@sha256:" + "a".repeat(64);
    private static final String BAD = "registry.example/shop/cart@sha256:" + "b".repeat(64);

    private final SimulatedCluster cluster = SimulatedCluster.builder().start();
    private final Path folder;

    Shop(Path folder) throws IOException, InterruptedException, TimeoutException {
        this.folder = folder;
        cluster.workloads().namespace("snowmelt");
        cluster.workloads().deployment(NAMESPACE, "cart", GOOD, 3);
        cluster.awaitSettled(PATIENCE);
        cluster.writeKubeconfig(folder.resolve("kubeconfig"));
    }

    /// What roles need to find it.
    Map<String, String> environment() {
        return Map.of(
                "SNOWMELT_KUBERNETES_KUBECONFIG",
                folder.resolve("kubeconfig").toString(),
                "SNOWMELT_KUBERNETES_TARGET",
                "k8s:test");
    }

    /// Declares what is right, by a command.
    void declare(Map<String, String> environment) throws IOException {
        Path file = Files.writeString(folder.resolve("cart.yaml"), """
                workload: %s
                spec:
                  containers: [{name: cart, image: "%s"}]
                  remediation: {mode: ENFORCE, gracePeriod: 0s, maxUnavailable: 1}
                """.formatted(WORKLOAD, GOOD));
        Run declared = Run.with(environment, "declare", "-f", file.toString(), "--wait", "60s");
        assertThat(declared.err() + declared.out()).contains("accepted");
        assertThat(declared.exitCode()).isZero();
    }

    /// Makes a snowflake of a pod.
    ///
    /// @return its uid
    String drift() {
        Pod pod = pods().getFirst();
        cluster.editInPlace(NAMESPACE, pod.getMetadata().getName(), "cart", BAD);
        return pod.getMetadata().getUid();
    }

    /// Waits until that pod is gone and every one is as declared.
    void awaitMended(String uid) {
        await("the snowflake is replaced")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(pods())
                        .hasSize(3)
                        .noneMatch(pod -> pod.getMetadata().getUid().equals(uid)));
    }

    /// Uids of what was evicted, oldest first. A request that was refused, because the pod changed since it was looked
    /// at, evicted nothing.
    List<String> evicted() {
        return cluster.ledger().evictions().stream()
                .filter(Ledger.Entry::carriedOut)
                .map(Ledger.Entry::uid)
                .toList();
    }

    private List<Pod> pods() {
        return cluster.podsOf(NAMESPACE, "cart").stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .toList();
    }

    @Override
    public void close() {
        cluster.close();
    }
}
