package dev.snowmelt.cli.demo;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.cli.kafka.TopicSetup;
import dev.snowmelt.cli.role.AwsAccount;
import dev.snowmelt.cli.role.CollectRole;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.ExecuteRole;
import dev.snowmelt.cli.role.PlanRole;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.cli.scan.ScanClient;
import dev.snowmelt.sandbox.aws.FaultyProxy;
import dev.snowmelt.sandbox.aws.InstanceRefreshes;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;

/// A broker and the roles in this process, and an emulated AWS account beside it.
///
/// @param endpoint a running emulator; empty: moto is started
record Ec2Stage(Optional<URI> endpoint) implements Stage {
    @Override
    public DemoReport run(Path stateDir, InstantSource clock, Consumer<String> line) throws InterruptedException {
        if (endpoint.isEmpty() && Moto.absence().isPresent()) {
            throw new CliException("The demo on EC2 needs moto, an emulator of AWS: pip install 'moto[server]', or name"
                    + " a running emulator with --aws-endpoint URL.");
        }
        line.accept("Starting a Kafka broker in this process, and moto, an emulator of AWS, beside it ...");
        try (var kafka = EmbeddedKafka.start(1);
                var moto = endpoint.map(Moto::at).orElseGet(Moto::open);
                var between = between(moto);
                var metrics = new Metrics()) {
            var fleet = new Ec2DemoFleet(moto);
            create(fleet, moto.endpoint());
            Config config = config(kafka, stateDir, between.endpoint());
            TopicSetup.provision(config.kafka(), START);
            try (var story = new Story(kafka.bootstrapServers(), config.kafka().topics(), Words.EC2, clock, line);
                    var scans = new ScanClient(config.kafka(), clock);
                    var roles = roles(config, clock, metrics)) {
                story.tell("started   Kafka on %s, an account with %d instances on %s"
                        .formatted(kafka.bootstrapServers(), fleet.instances(), moto.endpoint()));
                roles.start();
                var steps = new Steps(story, new Proposer(config.kafka(), clock));
                return new Ec2Demo(fleet, story, steps, new DemoScans(scans, story::tell)).run();
            }
        }
    }

    /// Answers what moto does not know, and the executor asks before every call: that no instance
    /// refresh runs.
    private static FaultyProxy between(Moto moto) {
        var between = FaultyProxy.before(moto.endpoint());
        between.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
        return between;
    }

    /// An emulator that runs already may hold what an earlier demo left.
    private static void create(Ec2DemoFleet fleet, URI endpoint) {
        try {
            fleet.create();
        } catch (SdkException e) {
            throw new CliException("The demo's groups cannot be made at " + endpoint + ": " + e.getMessage()
                    + " It must be an emulator, and empty: curl -X POST " + endpoint.resolve("/moto-api/reset"));
        }
    }

    static Config config(EmbeddedKafka kafka, Path stateDir, URI endpoint) {
        return Stage.config(
                kafka,
                stateDir,
                Map.of(
                        "aws.target",
                        Moto.target(),
                        "aws.endpoint",
                        endpoint.toString(),
                        // moto sends no events; on AWS there would be a queue.
                        "aws.poll",
                        "1s",
                        // moto checks no instance's health.
                        "aws.statusChecks",
                        "0s"));
    }

    static Roles roles(Config config, InstantSource clock, Metrics metrics) {
        var topics = config.kafka().topics();
        AwsTarget target = config.aws().targets().getFirst();
        return new Roles(List.of(
                new DetectRole(config, topics, metrics.registry()),
                new CollectRole(config, topics, reach(target), clock, metrics.registry()),
                new PlanRole(config, topics, metrics.registry()),
                new ExecuteRole(config, topics, reach(target), clock, metrics.registry())));
    }

    /// Never with credentials of this machine: whatever is named, it is an emulator.
    private static AwsAccount reach(AwsTarget target) {
        return AwsAccount.open(
                target, StaticCredentialsProvider.create(AwsBasicCredentials.create("testing", "testing")));
    }
}
