package dev.snowmelt.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/// Options of `scan --once`.
final class OnceOptions {
    /// What stands in for a declaration.
    enum Undeclared {
        REPORT,
        TRUST_TEMPLATE
    }

    @Option(
            names = "--once",
            description =
                    "Needs no broker and leaves nothing behind: starts one in this process, looks at one cluster, or with"
                            + " --target aws:... at one account and region, and reports. Rights: list and watch pods and"
                            + " workloads (snowmelt-collector in docs/rbac.yaml, no Lease), or 'Look' in"
                            + " docs/aws/collector-policy.json.")
    private boolean once;

    @Option(names = "--kubeconfig", paramLabel = "FILE", description = "With --once: of the cluster ($KUBECONFIG).")
    private @Nullable Path kubeconfig;

    @Option(names = "--context", paramLabel = "NAME", description = "With --once: context in it (the current one).")
    private @Nullable String context;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "With --once: look at this one only; may be repeated (all).")
    private List<String> namespaces = List.of();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|DIR",
            description = "With --once: declarations, YAML or JSON; - is standard input. May be repeated.")
    private List<Path> files = List.of();

    @Option(
            names = "--undeclared",
            paramLabel = "WHAT",
            description =
                    "With --once: of workloads without a declaration, REPORT that (default), or TRUST_TEMPLATE: their"
                            + " pinned template is the declaration.")
    private @Nullable Undeclared undeclared;

    @ArgGroup(validate = false, heading = "With --once, how to reach an account:%n")
    private AwsOptions aws = new AwsOptions();

    boolean once() {
        return once;
    }

    List<Path> files() {
        return files;
    }

    /// Options that mean nothing without `--once`.
    List<String> given() {
        List<String> given = new ArrayList<>(ofClusters());
        given.addAll(aws.given());
        add(given, "--file", !files.isEmpty());
        add(given, "--undeclared", undeclared != null);
        return given;
    }

    /// Options that mean nothing outside of a cluster.
    List<String> ofClusters() {
        List<String> given = new ArrayList<>();
        add(given, "--kubeconfig", kubeconfig != null);
        add(given, "--context", context != null);
        add(given, "--namespace", !namespaces.isEmpty());
        return given;
    }

    static void add(List<String> given, String name, boolean isGiven) {
        if (isGiven) {
            given.add(name);
        }
    }

    /// @param options filled with values by the keys that they override
    void into(Map<String, String> options) {
        aws.into(options);
        if (kubeconfig != null) {
            options.put("kubernetes.kubeconfig", kubeconfig.toString());
        }
        if (context != null) {
            options.put("kubernetes.context", context);
        }
        if (!namespaces.isEmpty()) {
            options.put("kubernetes.namespaces", String.join(",", namespaces));
        }
        if (undeclared != null) {
            options.put("detect.undeclared", undeclared.name().toLowerCase(Locale.ROOT));
        }
    }
}
