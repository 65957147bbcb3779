package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.Clusters;
import dev.snowmelt.cli.role.CollectRole;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `snowmelt collect`: parent of the collectors.
@Command(name = "collect", description = "Runs a collector.", subcommands = CollectCommand.Kubernetes.class)
final class CollectCommand extends SnowmeltCommand {
    @Override
    public Integer call() {
        throw misused("Say what to collect: kubernetes.");
    }

    /// `snowmelt collect kubernetes`.
    @Command(
            name = "kubernetes",
            description = {
                "Watches a cluster's pods and workloads and writes what it sees to Kafka. Several may run;",
                "one is active, by a Lease in kubernetes.leaseNamespace."
            },
            footer = {
                "",
                "Examples:",
                "  snowmelt collect kubernetes --bootstrap-server kafka:9092 --target k8s:prod-eu",
                "  snowmelt collect kubernetes --kubeconfig ~/.kube/config --context staging"
            })
    static final class Kubernetes extends SnowmeltCommand {
        @Mixin
        private HttpOptions http = new HttpOptions();

        @Mixin
        private ClusterOptions cluster = new ClusterOptions();

        @Override
        public Integer call() throws InterruptedException {
            Map<String, String> options = new HashMap<>();
            http.into(options);
            cluster.into(options);
            Config config = root().config(options);
            Clusters.Cluster reached = Clusters.open(config.kubernetes());
            return new RoleRunner(config, root().surroundings())
                    .run(
                            root().patience(),
                            metrics -> new Roles(List.of(new CollectRole(
                                    config,
                                    config.kafka().topics(),
                                    reached,
                                    root().surroundings().clock(),
                                    metrics.registry()))));
        }
    }
}
