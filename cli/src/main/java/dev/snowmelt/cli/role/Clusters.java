package dev.snowmelt.cli.role;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config.Kubernetes;
import dev.snowmelt.remediator.execute.kubernetes.KubernetesPlatform;
import dev.snowmelt.schemas.id.TargetId;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Reaches the cluster that the settings name.
public final class Clusters {
    private Clusters() {}

    /// A cluster and what it is called.
    ///
    /// @param target its id
    /// @param client the caller's to close
    public record Cluster(TargetId target, KubernetesClient client) {}

    /// Opens no connection yet.
    ///
    /// @throws CliException when there is no such file or context, or no name for the target
    public static Cluster open(Kubernetes settings) {
        Config config = config(settings);
        return new Cluster(
                settings.target().orElseGet(() -> named(config)),
                new KubernetesClientBuilder()
                        .withConfig(KubernetesPlatform.withoutRetries(config))
                        .build());
    }

    private static Config config(Kubernetes settings) {
        String context = settings.context().orElse(null);
        if (settings.kubeconfig().isEmpty()) {
            Config config = Config.autoConfigure(context);
            checkContext(config, context, "the kubeconfig");
            return config;
        }
        Path file = settings.kubeconfig().get();
        if (!Files.isReadable(file)) {
            throw new CliException("There is no readable kubeconfig " + file + ".");
        }
        Config config = Config.fromKubeconfig(context, file.toFile());
        checkContext(config, context, file.toString());
        return config;
    }

    private static void checkContext(Config config, @Nullable String context, String where) {
        NamedContext current = config.getCurrentContext();
        if (context != null && (current == null || !context.equals(current.getName()))) {
            throw new CliException("There is no context '" + context + "' in " + where + ".");
        }
    }

    private static TargetId named(Config config) {
        NamedContext current = config.getCurrentContext();
        if (current == null) {
            throw new CliException("There is no current Kubernetes context, and no target is named: set"
                    + " kubernetes.target (--target k8s:prod-eu) for a cluster, aws.targets (--target"
                    + " aws:123456789012:eu-west-1) for EC2.");
        }
        String name = current.getName().replaceAll("[^A-Za-z0-9._-]", "-");
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,252}")) {
            throw new CliException(
                    "What is the cluster called? Set kubernetes.target (--target), such as k8s:prod-eu.");
        }
        return new TargetId(TargetId.Platform.K8S, name);
    }
}
