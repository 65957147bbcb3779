package dev.snowmelt.cli.demo;

import ch.qos.logback.classic.Level;
import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.ExitCode;
import dev.snowmelt.cli.Quiet;
import dev.snowmelt.cli.SnowmeltCommand;
import dev.snowmelt.cli.StopGuard;
import dev.snowmelt.cli.TemporaryFolder;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.cli.kafka.TopicSetup;
import dev.snowmelt.cli.output.Format;
import dev.snowmelt.cli.role.Clusters;
import dev.snowmelt.cli.role.CollectRole;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.ExecuteRole;
import dev.snowmelt.cli.role.PlanRole;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.cli.scan.ScanClient;
import dev.snowmelt.remediator.execute.kubernetes.KubernetesPlatform;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;

/// `snowmelt demo`.
@Command(
        name = "demo",
        description = {
            "Starts a broker and a simulated cluster of 80 pods in this process, makes snowflakes of some, and shows how they are"
                    + " found, replaced, restored or held.",
            "Exit code 0 only when everything that should be replaced was, and nothing else was touched, counted from the"
                    + " cluster's side."
        },
        footer = {"", "Examples:", "  snowmelt demo", "  snowmelt demo --output json | tail -n 1"})
public final class DemoCommand extends SnowmeltCommand {
    private static final Duration START = Duration.ofSeconds(60);
    private static final int PARTITIONS = 4;

    @Override
    public Integer call() throws InterruptedException {
        // The story is what a person wants to read.
        Quiet.below(Level.ERROR, root().surroundings());
        PrintWriter lines = root().format() == Format.TABLE
                ? root().surroundings().out()
                : root().surroundings().err();
        try (var _ = StopGuard.onThisThread()) {
            DemoReport report;
            try (var stateDir = TemporaryFolder.create("snowmelt-demo")) {
                report = run(stateDir.path(), lines);
            }
            if (root().format() == Format.TABLE) {
                lines.println();
                report.table().forEach(lines::println);
            } else {
                root().surroundings().out().println(report.json());
            }
            lines.flush();
            return report.violations().isEmpty() ? ExitCode.OK : ExitCode.ERROR;
        }
    }

    private DemoReport run(Path stateDir, PrintWriter lines) throws InterruptedException {
        InstantSource clock = root().surroundings().clock();
        lines.println("Starting a Kafka broker and a cluster in this process ...");
        lines.flush();
        CompletableFuture<SimulatedCluster> starting = CompletableFuture.supplyAsync(DemoCommand::cluster);
        try (var kafka = EmbeddedKafka.start(1);
                var cluster = starting.join();
                var metrics = new Metrics()) {
            var fleet = new DemoFleet(cluster);
            fleet.create();
            Config config = config(kafka, stateDir);
            TopicSetup.provision(config.kafka(), START);
            try (var story = new Story(
                            kafka.bootstrapServers(), config.kafka().topics(), Words.KUBERNETES, clock, line -> {
                                lines.println(line);
                                lines.flush();
                            });
                    var scans = new ScanClient(config.kafka(), clock);
                    var roles = roles(config, fleet, clock, metrics)) {
                story.tell("started   Kafka on %s, a cluster of %d pods on %s"
                        .formatted(kafka.bootstrapServers(), 4 * DemoFleet.REPLICAS, cluster.masterUrl()));
                fleet.awaitSettled(START);
                roles.start();
                return new Demo(fleet, story, new Proposer(config.kafka(), clock), new DemoScans(scans, story::tell))
                        .run();
            } catch (TimeoutException e) {
                throw new CliException(
                        "The simulated cluster did not start within " + START.toSeconds() + " s: " + e.getMessage());
            }
        }
    }

    private static SimulatedCluster cluster() {
        return SimulatedCluster.builder().nodes(3).start();
    }

    /// Only what belongs to the demo: neither a configuration file nor the environment can point it
    /// at a real broker or cluster.
    static Config config(EmbeddedKafka kafka, Path stateDir) {
        Map<String, String> options = new HashMap<>();
        options.put("kafka.bootstrapServers", kafka.bootstrapServers());
        options.put("kafka.partitions", Integer.toString(PARTITIONS));
        options.put("kafka.replicationFactor", "1");
        options.put("kubernetes.target", DemoFleet.TARGET.toString());
        options.put("stateDir", stateDir.toString());
        return Config.load(null, Map.of(), options);
    }

    static Roles roles(Config config, DemoFleet fleet, InstantSource clock, Metrics metrics) {
        var topics = config.kafka().topics();
        return new Roles(List.of(
                new DetectRole(config, topics, metrics.registry()),
                new CollectRole(config, topics, reach(fleet.collectorConfig()), clock, metrics.registry()),
                new PlanRole(config, topics, metrics.registry()),
                new ExecuteRole(config, topics, reach(fleet.executorConfig()), clock, metrics.registry())));
    }

    private static Clusters.Cluster reach(io.fabric8.kubernetes.client.Config config) {
        return new Clusters.Cluster(
                DemoFleet.TARGET,
                new KubernetesClientBuilder()
                        .withConfig(KubernetesPlatform.withoutRetries(config))
                        .build());
    }
}
