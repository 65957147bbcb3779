package dev.snowmelt.sandbox.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/// The API server a contract test runs against: the one named by `SNOWMELT_TEST_KUBECONFIG`, else a simulated
/// cluster.
///
/// Neither has a kubelet (the simulated ones are frozen), so that the test itself says what runs. Every test
/// class has a fresh namespace, removed at its end.
final class ContractCluster implements AutoCloseable {

    static final Duration SOON = Duration.ofSeconds(30);
    static final String IMAGE = "registry.invalid/shop/cart@sha256:" + "1".repeat(64);

    final KubernetesClient client;
    final String namespace = "contract-" + UUID.randomUUID().toString().substring(0, 8);
    private final @Nullable SimulatedCluster simulated;

    ContractCluster() {
        String kubeconfig = System.getenv("SNOWMELT_TEST_KUBECONFIG");
        Config config;
        if (kubeconfig == null || kubeconfig.isEmpty()) {
            simulated = SimulatedCluster.builder()
                    .bookmarkInterval(Duration.ofMillis(200))
                    .start();
            simulated.freezeKubelets();
            config = simulated.kubernetesConfig();
        } else {
            simulated = null;
            config = Config.fromKubeconfig(new File(kubeconfig));
        }
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(config)
                        .withNamespace(namespace)
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
        post("/api/v1/namespaces", """
                {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "%s"}}
                """.formatted(namespace));
    }

    /// The simulated cluster, empty when the tests run against a real API server.
    Optional<SimulatedCluster> simulated() {
        return Optional.ofNullable(simulated);
    }

    /// The minor version of the server: 34 of 1.34.
    int minor() {
        return Integer.parseInt(client.getKubernetesVersion().getMinor().replaceAll("\\D", ""));
    }

    /// `policy/v1` since 1.21, before `policy/v1beta1`.
    String policyVersion() {
        return minor() >= 22 ? "v1" : "v1beta1";
    }

    /// A pod bound to a node that need not exist.
    Pod pod(String name, Map<String, String> labels) {
        return client.pods()
                .inNamespace(namespace)
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withLabels(labels)
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("no-node")
                        .addNewContainer()
                        .withName("main")
                        .withImage(IMAGE)
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
    }

    Pod runningPod(String name, Map<String, String> labels) {
        pod(name, labels);
        return run(name);
    }

    /// As [#run], for a pod that may just have been deleted.
    void runIfThere(String name) {
        try {
            run(name);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 404) {
                throw e;
            }
        }
    }

    /// What a kubelet would write.
    Pod run(String name) {
        String status = """
                {"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
                 "containerStatuses": [{"name": "main", "image": "%s", "imageID": "%s", "ready": true, "restartCount": 0,
                  "containerID": "containerd://1", "state": {"running": {}}}]}}
                """.formatted(IMAGE, IMAGE);
        patch("/api/v1/namespaces/%s/pods/%s/status".formatted(namespace, name), status);
        return client.pods().inNamespace(namespace).withName(name).require();
    }

    /// Evicts through the subresource with `deleteOptions` as JSON.
    String evict(String pod, String deleteOptions) {
        return post("/api/v1/namespaces/%s/pods/%s/eviction".formatted(namespace, pod), """
                {"kind": "Eviction", "apiVersion": "policy/%s", "metadata": {"name": "%s", "namespace": "%s"},
                 "deleteOptions": %s}
                """.formatted(
                        policyVersion(), pod, namespace, deleteOptions));
    }

    void budget(String name, String app, int minAvailable) {
        post("/apis/policy/%s/namespaces/%s/poddisruptionbudgets".formatted(policyVersion(), namespace), """
                {"kind": "PodDisruptionBudget", "apiVersion": "policy/%s", "metadata": {"name": "%s"},
                 "spec": {"minAvailable": %d, "selector": {"matchLabels": {"app": "%s"}}}}
                """.formatted(
                        policyVersion(), name, minAvailable, app));
    }

    String get(String path) {
        return raw(path, "GET", null);
    }

    String post(String path, String body) {
        return raw(path, "POST", body);
    }

    String put(String path, String body) {
        return raw(path, "PUT", body);
    }

    private String raw(String path, String method, @Nullable String body) {
        String answer = client.raw(
                path,
                method,
                body == null ? null : client.getKubernetesSerialization().unmarshal(body, Map.class));
        return answer == null ? "" : answer;
    }

    private void patch(String path, String body) {
        String name = path.replaceAll(".*/pods/|/status", "");
        client.pods()
                .inNamespace(namespace)
                .withName(name)
                .subresource("status")
                .patch(
                        io.fabric8.kubernetes.client.dsl.base.PatchContext.of(
                                io.fabric8.kubernetes.client.dsl.base.PatchType.STRATEGIC_MERGE),
                        body);
    }

    /// The Status with which a call is refused.
    static Status refusal(Callable<?> call) {
        try {
            call.call();
        } catch (KubernetesClientException e) {
            Status status = e.getStatus();
            if (status == null) {
                throw new AssertionError("refused without a Status", e);
            }
            return status;
        } catch (Exception e) {
            throw new AssertionError("failed otherwise", e);
        }
        throw new AssertionError("was not refused");
    }

    @Override
    public void close() {
        client.namespaces().withName(namespace).delete();
        client.close();
        simulated().ifPresent(SimulatedCluster::close);
    }
}
