package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.PlanRole;
import dev.snowmelt.cli.role.Role;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.cli.role.Targets;
import java.util.ArrayList;
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
            "Runs the planner and the executors of a cluster, of AWS accounts, or of both: replaces what drifted, within every",
            "guard, where the declaration's mode is ENFORCE. With remediate.planner: false only the executors: where several",
            "installations share the brokers, one plans for all of them."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt remediate --bootstrap-server kafka:9092 --target k8s:prod-eu",
            "  snowmelt remediate --kubeconfig ~/.kube/config --context staging --dry-run",
            "  snowmelt remediate --bootstrap-server kafka:9092 --target aws:123456789012:eu-west-1 \\",
            "      --role-arn arn:aws:iam::123456789012:role/snowmelt-executor"
        })
final class RemediateCommand extends SnowmeltCommand {
    @Mixin
    private HttpOptions http = new HttpOptions();

    @Mixin
    private TargetOptions targets = new TargetOptions();

    @Option(names = "--dry-run", description = "remediate.dryRun: make every look, but no call.")
    private boolean dryRun;

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        http.into(options);
        targets.into(options);
        if (dryRun) {
            options.put("remediate.dryRun", "true");
        }
        Config config = root().config(options);
        var topics = config.kafka().topics();
        Targets executed = Targets.open(config);
        return new RoleRunner(config, root().surroundings()).run(root().patience(), metrics -> {
            List<Role> roles = new ArrayList<>();
            roles.addAll(PlanRole.where(config, topics, metrics.registry()));
            roles.addAll(
                    executed.executing(config, topics, root().surroundings().clock(), metrics.registry()));
            return new Roles(roles);
        });
    }
}
