package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.Clusters;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.cli.role.Targets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `snowmelt collect`: parent of the collectors.
@Command(
        name = "collect",
        description = "Runs a collector.",
        subcommands = {CollectCommand.Kubernetes.class, CollectCommand.Ec2.class})
final class CollectCommand extends SnowmeltCommand {
    @Override
    public Integer call() {
        throw misused("Say what to collect: kubernetes or ec2.");
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

        @Option(
                names = "--target",
                paramLabel = "ID",
                description = "kubernetes.target: what the cluster is called (k8s:CONTEXT).")
        private @Nullable String target;

        @Override
        public Integer call() throws InterruptedException {
            Map<String, String> options = new HashMap<>();
            http.into(options);
            cluster.into(options);
            if (target != null) {
                options.put("kubernetes.target", target);
            }
            Config config = root().config(options);
            return run(root(), config, new Targets(Optional.of(Clusters.open(config.kubernetes())), List.of()));
        }
    }

    /// `snowmelt collect ec2`.
    @Command(
            name = "ec2",
            description = {
                "Looks at the EC2 instances and Auto Scaling groups of an account and region, or of all in aws.targets,",
                "and writes what it sees to Kafka. With a queue it sees changes by their events, otherwise it polls.",
                "Several may run; one of each target is active. Rights and queue: docs/ec2.md."
            },
            footer = {
                "",
                "Examples:",
                "  snowmelt collect ec2 --bootstrap-server kafka:9092 --target aws:123456789012:eu-west-1 \\",
                "      --queue-url https://sqs.eu-west-1.amazonaws.com/123456789012/snowmelt",
                "  snowmelt collect ec2 --target aws:123456789012:us-east-1 --profile prod",
                "  snowmelt collect ec2 --target aws:123456789012:eu-west-1 \\",
                "      --role-arn arn:aws:iam::123456789012:role/snowmelt-collector --external-id snowmelt",
                "  snowmelt collect ec2 --config snowmelt.yaml        # every account in aws.targets"
            })
    static final class Ec2 extends SnowmeltCommand {
        @Mixin
        private HttpOptions http = new HttpOptions();

        @Option(
                names = "--target",
                paramLabel = "ID",
                description = "aws.target: account and region; of several in aws.targets only this one.")
        private @Nullable String target;

        @Mixin
        private AwsOptions aws = new AwsOptions();

        @Mixin
        private QueueOption queue = new QueueOption();

        @Override
        public Integer call() throws InterruptedException {
            Map<String, String> options = new HashMap<>();
            http.into(options);
            if (target != null) {
                options.put("aws.target", target);
            }
            aws.into(options);
            queue.into(options);
            Config config = root().config(options);
            return run(root(), config, Targets.openAws(config));
        }
    }

    private static int run(Snowmelt root, Config config, Targets targets) throws InterruptedException {
        return new RoleRunner(config, root.surroundings())
                .run(
                        root.patience(),
                        metrics -> new Roles(targets.collecting(
                                config,
                                config.kafka().topics(),
                                root.surroundings().clock(),
                                metrics.registry())));
    }
}
