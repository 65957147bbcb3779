package dev.snowmelt.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options that say how to reach a cluster.
final class ClusterOptions {
    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "kubernetes.kubeconfig ($KUBECONFIG).")
    private @Nullable String kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "kubernetes.context (the current one).")
    private @Nullable String context;

    void into(Map<String, String> options) {
        if (kubeconfig != null) {
            options.put("kubernetes.kubeconfig", kubeconfig);
        }
        if (context != null) {
            options.put("kubernetes.context", context);
        }
    }
}
