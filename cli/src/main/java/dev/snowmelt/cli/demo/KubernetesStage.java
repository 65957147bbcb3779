package dev.snowmelt.cli.demo;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.cli.kafka.TopicSetup;
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
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A broker, a simulated cluster and the roles, in this process.
final class KubernetesStage implements Stage {
    @Override
    public DemoReport run(Path stateDir, InstantSource clock, Consumer<String> line) throws InterruptedException {
        line.accept("Starting a Kafka broker and a cluster in this process ...");
        CompletableFuture<SimulatedCluster> starting = CompletableFuture.supplyAsync(KubernetesStage::cluster);
        try (var kafka = EmbeddedKafka.start(1);
                var cluster = starting.join();
                var metrics = new Metrics()) {
            var fleet = new DemoFleet(cluster);
            fleet.create();
            Config config = config(kafka, stateDir);
            TopicSetup.provision(config.kafka(), START);
            try (var story = new Story(
                            kafka.bootstrapServers(), config.kafka().topics(), Words.KUBERNETES, clock, line);
                    var scans = new ScanClient(config.kafka(), clock);
                    var roles = roles(config, fleet, clock, metrics)) {
                story.tell("started   Kafka on %s, a cluster of %d pods on %s"
                        .formatted(kafka.bootstrapServers(), 4 * DemoFleet.REPLICAS, cluster.masterUrl()));
                fleet.awaitSettled(START);
                roles.start();
                var steps = new Steps(story, new Proposer(config.kafka(), clock));
                return new Demo(fleet, story, steps, new DemoScans(scans, story::tell)).run();
            } catch (TimeoutException e) {
                throw new CliException(
                        "The simulated cluster did not start within " + START.toSeconds() + " s: " + e.getMessage());
            }
        }
    }

    private static SimulatedCluster cluster() {
        return SimulatedCluster.builder().nodes(3).start();
    }

    static Config config(EmbeddedKafka kafka, Path stateDir) {
        return Stage.config(kafka, stateDir, Map.of("kubernetes.target", DemoFleet.TARGET.toString()));
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
