package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.Clusters;
import dev.snowmelt.cli.role.ExecuteRole;
import dev.snowmelt.cli.role.PlanRole;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `snowmelt remediate`: planner and executor.
@Command(
        name = "remediate",
        description = {
            "Runs the planner and the executor of a cluster: replaces what drifted, within every guard, where the",
            "declaration's mode is ENFORCE."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt remediate --bootstrap-server kafka:9092 --target k8s:prod-eu",
            "  snowmelt remediate --kubeconfig ~/.kube/config --context staging --dry-run"
        })
final class RemediateCommand extends SnowmeltCommand {
    @Mixin
    private HttpOptions http = new HttpOptions();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--dry-run", description = "remediate.dryRun: make every look, but no call.")
    private boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        http.into(options);
        cluster.into(options);
        if (dryRun) {
            options.put("remediate.dryRun", "true");
        }
        Config config = root().config(options);
        var topics = config.kafka().topics();
        Clusters.Cluster reached = Clusters.open(config.kubernetes());
        return new RoleRunner(config, root().surroundings())
                .run(
                        root().patience(),
                        metrics -> new Roles(List.of(
                                new PlanRole(config, topics, metrics.registry()),
                                new ExecuteRole(
                                        config,
                                        topics,
                                        reached,
                                        root().surroundings().clock(),
                                        metrics.registry()))));
    }
}
