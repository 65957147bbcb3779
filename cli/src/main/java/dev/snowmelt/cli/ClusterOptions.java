package dev.snowmelt.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options that name a cluster.
final class ClusterOptions {
    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "kubernetes.kubeconfig ($KUBECONFIG).")
    private @Nullable String kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "kubernetes.context (the current one).")
    private @Nullable String context;

    @Option(
            names = "--target",
            paramLabel = "ID",
            description = "kubernetes.target: what the cluster is called (k8s:CONTEXT).")
    private @Nullable String target;

    void into(Map<String, String> options) {
        if (kubeconfig != null) {
            options.put("kubernetes.kubeconfig", kubeconfig);
        }
        if (context != null) {
            options.put("kubernetes.context", context);
        }
        if (target != null) {
            options.put("kubernetes.target", target);
        }
    }
}
