package dev.snowmelt.remediator.execute.kubernetes;

import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.File;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The cluster of a test: the one that `SNOWMELT_TEST_KUBECONFIG` names, or a simulated one. Tests that need its
/// accidents ask for [#simulated].
///
/// On a real API server they make their own pods, which need no kubelet, in a namespace of their own.
final class Clusters implements AutoCloseable {
    static final String KUBECONFIG = "SNOWMELT_TEST_KUBECONFIG";

    private final @Nullable SimulatedCluster simulated;
    private final KubernetesClient client;
    private final String namespace;

    private Clusters(@Nullable SimulatedCluster simulated, Config config) {
        this.simulated = simulated;
        this.client = new KubernetesClientBuilder()
                .withConfig(KubernetesPlatform.withoutRetries(config))
                .build();
        this.namespace = "snowmelt-it-" + UUID.randomUUID().toString().substring(0, 8);
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    static Clusters realOrSimulated() {
        String kubeconfig = System.getenv(KUBECONFIG);
        return kubeconfig == null
                ? simulated()
                : new Clusters(null, new ConfigBuilder(Config.fromKubeconfig(new File(kubeconfig))).build());
    }

    static Clusters simulated() {
        var cluster = SimulatedCluster.builder().retryAfterSeconds(10).start();
        return new Clusters(cluster, cluster.kubernetesConfig());
    }

    KubernetesClient client() {
        return client;
    }

    String namespace() {
        return namespace;
    }

    /// @throws IllegalStateException when it is a real one
    SimulatedCluster cluster() {
        if (simulated == null) {
            throw new IllegalStateException("this test needs a simulated cluster");
        }
        return simulated;
    }

    @Override
    public void close() {
        client.namespaces().withName(namespace).delete();
        client.close();
        if (simulated != null) {
            simulated.close();
        }
    }
}
