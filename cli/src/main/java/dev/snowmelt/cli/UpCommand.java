package dev.snowmelt.cli;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.TopicSetup;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.PlanRole;
import dev.snowmelt.cli.role.ResolveRole;
import dev.snowmelt.cli.role.Role;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.cli.role.Targets;
import dev.snowmelt.sandbox.kafka.BrokerStartException;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `snowmelt up`.
@Command(
        name = "up",
        description = {
            "Runs all roles in one process until Ctrl-C, with a broker of its own (kept in stateDir) unless one is named: for the",
            "cluster and the AWS accounts that are named, otherwise for the current Kubernetes context.",
            "Nothing is terminated unless a declaration says so: the mode is OBSERVE by default."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt up",
            "  snowmelt up --kubeconfig ~/.kube/config --context prod-eu --http-port 9090",
            "  snowmelt up --bootstrap-server kafka:9092 --target k8s:prod-eu",
            "  snowmelt up --target aws:123456789012:eu-west-1 --profile prod",
            "  snowmelt up --config snowmelt.yaml        # every account in aws.targets"
        })
final class UpCommand extends SnowmeltCommand {
    private static final Duration PROVISION_WITHIN = Duration.ofSeconds(60);

    @Mixin
    private TargetOptions targets = new TargetOptions();

    @Mixin
    private QueueOption queue = new QueueOption();

    @Mixin
    private HttpOptions http = new HttpOptions();

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            defaultValue = "9092",
            description = "Port of the broker that it brings, on 127.0.0.1 (${DEFAULT-VALUE}; 0: any free one).")
    private int kafkaPort = 9092;

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> options = new HashMap<>();
        targets.into(options);
        queue.into(options);
        http.into(options);
        Config config = root().config(options);
        // Each has clients of its own: the executor must not wait for what the collector reads.
        Targets collected = Targets.open(config);
        Targets executed = Targets.open(config);
        if (config.kafka().named()) {
            return run(config, collected, executed);
        }
        try (var kafka = EmbeddedKafka.builder()
                .dataFolder(config.stateDir().resolve("kafka"))
                .port(kafkaPort)
                .start()) {
            Config embedded = config.onEmbedded(kafka.bootstrapServers());
            TopicSetup.provision(embedded.kafka(), PROVISION_WITHIN);
            LoggerFactory.getLogger(UpCommand.class)
                    .atInfo()
                    .addKeyValue("bootstrap", kafka.bootstrapServers())
                    .addKeyValue("data", kafka.dataFolder())
                    .log("embedded broker; name a broker with --bootstrap-server for production");
            return run(embedded, collected, executed);
        } catch (BrokerStartException e) {
            throw new CliException(String.valueOf(e.getMessage()));
        }
    }

    private int run(Config config, Targets collected, Targets executed) throws InterruptedException {
        return new RoleRunner(config, root().surroundings())
                .run(
                        root().patience(),
                        metrics -> roles(config, collected, executed, root().surroundings(), metrics.registry()));
    }

    private static Roles roles(
            Config config, Targets collected, Targets executed, Surroundings surroundings, MeterRegistry meters) {
        var topics = config.kafka().topics();
        var clock = surroundings.clock();
        List<Role> roles = new ArrayList<>();
        roles.add(new DetectRole(config, topics, meters));
        roles.addAll(collected.collecting(config, topics, clock, meters));
        roles.addAll(PlanRole.where(config, topics, meters));
        roles.addAll(executed.executing(config, topics, clock, meters));
        roles.addAll(ResolveRole.where(config, topics, surroundings.environment(), clock, meters));
        return new Roles(roles);
    }
}
