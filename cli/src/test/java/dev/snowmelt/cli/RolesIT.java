package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.Clusters;
import dev.snowmelt.cli.role.CollectRole;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.ExecuteRole;
import dev.snowmelt.cli.role.PlanRole;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The roles as the subcommands wire them, beside each other, against a broker and a cluster.
class RolesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String GOOD = "registry.example/shop/cart@sha256:" + "a".repeat(64);
    private static final String BAD = "registry.example/shop/cart@sha256:" + "b".repeat(64);

    @Test
    void aPodEditedInPlaceIsReplacedAndExplained(@TempDir Path folder) throws Exception {
        try (var kafka = EmbeddedKafka.start(1);
                var cluster = SimulatedCluster.builder().start()) {
            cluster.workloads().namespace("snowmelt");
            cluster.workloads().deployment("shop", "cart", GOOD, 3);
            cluster.awaitSettled(PATIENCE);
            Path kubeconfig = folder.resolve("kubeconfig");
            cluster.writeKubeconfig(kubeconfig);
            Map<String, String> environment = Map.of(
                    "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                    kafka.bootstrapServers(),
                    "SNOWMELT_KAFKA_PARTITIONS",
                    "2",
                    "SNOWMELT_KAFKA_REPLICATION_FACTOR",
                    "1",
                    "SNOWMELT_KUBERNETES_KUBECONFIG",
                    kubeconfig.toString(),
                    "SNOWMELT_STATE_DIR",
                    folder.resolve("state").toString(),
                    "SNOWMELT_HTTP_PORT",
                    "0");
            assertThat(Run.with(environment, "topics", "create").exitCode()).isZero();

            var runner = new RoleRunner(Config.load(null, environment, Map.of()), Surroundings.ofProcess());
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var exit = threads.submit(() -> run(runner, Config.load(null, environment, Map.of())));
                try {
                    declareAndBreak(folder, environment, cluster);
                } catch (AssertionError e) {
                    if (exit.isDone()) {
                        exit.get(); // says why the roles ended, which explains more
                    }
                    throw e;
                } finally {
                    runner.stop();
                }
                assertThat(exit).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(0);
            }
        }
    }

    private static int run(RoleRunner runner, Config config) throws InterruptedException {
        var topics = config.kafka().topics();
        return runner.run(
                PATIENCE,
                metrics -> new Roles(List.of(
                        new DetectRole(config, topics, metrics.registry()),
                        new PlanRole(config, topics, metrics.registry()),
                        new ExecuteRole(
                                config,
                                topics,
                                Clusters.open(config.kubernetes()),
                                InstantSource.system(),
                                metrics.registry()),
                        new CollectRole(
                                config,
                                topics,
                                Clusters.open(config.kubernetes()),
                                InstantSource.system(),
                                metrics.registry()))));
    }

    private static void declareAndBreak(Path folder, Map<String, String> environment, SimulatedCluster cluster)
            throws Exception {
        Path declaration = Files.writeString(folder.resolve("cart.yaml"), """
                workload: k8s:simulated/shop/Deployment/cart
                spec:
                  containers: [{name: cart, image: "%s"}]
                  remediation: {mode: ENFORCE, gracePeriod: 0s}
                """.formatted(GOOD));
        Run declared = Run.with(environment, "declare", "-f", declaration.toString(), "--wait", "90s");
        assertThat(declared.exitCode()).as(declared.err()).isZero();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Run.with(environment, "status").out())
                        .containsPattern("Deployment/cart +1 +ENFORCE +matching +3/3 +3 +0 +0 +0"));
        Pod victim = cluster.podsOf("shop", "cart").getFirst();
        String name = victim.getMetadata().getName();

        cluster.editInPlace("shop", name, "cart", BAD);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(cluster.podsOf("shop", "cart"))
                        .hasSize(3)
                        .noneMatch(pod -> pod.getMetadata()
                                .getUid()
                                .equals(victim.getMetadata().getUid())));
        await().atMost(PATIENCE).untilAsserted(() -> {
            Run explained = Run.with(environment, "explain", "shop/" + name);
            assertThat(explained.out())
                    .contains("IMAGE_MISMATCH")
                    .contains("REPLACED")
                    .contains("replaced by");
        });
        // A pod that changed between the look and the call is looked at again (409).
        assertThat(cluster.ledger().evictions())
                .filteredOn(eviction -> eviction.carriedOut())
                .hasSize(1);
        Run status = Run.with(environment, "status");
        assertThat(status.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(status.out()).contains("kubernetes/k8s:simulated");
    }
}
