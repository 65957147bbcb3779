package dev.snowmelt.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Options of what works on any platform.
public final class TargetOptions {
    @Option(
            names = "--target",
            paramLabel = "ID",
            description = {
                "kubernetes.target: what the cluster is called (k8s:CONTEXT); or aws.target: account and region,",
                "aws:123456789012:eu-west-1. Of several accounts it names the one that counts."
            })
    private @Nullable String target;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private AwsOptions aws = new AwsOptions();

    /// Puts what was said beside the other settings.
    public void into(Map<String, String> options) {
        if (target != null) {
            options.put(target.startsWith("aws:") ? "aws.target" : "kubernetes.target", target);
        }
        cluster.into(options);
        aws.into(options);
    }
}
