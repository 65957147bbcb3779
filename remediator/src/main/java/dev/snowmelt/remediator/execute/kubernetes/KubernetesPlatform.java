package dev.snowmelt.remediator.execute.kubernetes;

import dev.snowmelt.remediator.execute.Platform;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;

/// What an executor can do in one cluster.
///
/// Rights it needs: `get` on pods, replicasets, deployments, statefulsets and daemonsets, `create` on `pods/eviction`,
/// and `patch` on deployments, statefulsets and daemonsets where templates are to be restored.
public final class KubernetesPlatform {
    private KubernetesPlatform() {}

    /// @param client made from [#withoutRetries]; the caller closes it
    /// @param callTimeout how long one call may take, for example 5 s
    /// @throws IllegalArgumentException when the client would repeat requests by itself
    public static Platform of(KubernetesClient client, Duration callTimeout) {
        var api = new KubernetesApi(client, callTimeout);
        return new Platform(
                new KubernetesInstances(api),
                new KubernetesEvictor(api),
                new KubernetesTemplates(api),
                new KubernetesTemplateRestorer(api));
    }

    /// The same configuration for a client that never repeats a request by itself.
    public static Config withoutRetries(Config config) {
        return new ConfigBuilder(config).withRequestRetryBackoffLimit(0).build();
    }
}
