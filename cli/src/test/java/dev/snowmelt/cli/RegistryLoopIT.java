package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.FleetView;
import dev.snowmelt.cli.role.Clusters;
import dev.snowmelt.cli.role.CollectRole;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.ResolveRole;
import dev.snowmelt.cli.role.Role;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.sandbox.registry.ImagePusher;
import dev.snowmelt.sandbox.registry.ImagePusher.Entry;
import dev.snowmelt.sandbox.registry.RegistryProcess;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From a tag that is declared to digests that are told apart: Docker's own registry, a broker, a cluster, and the
/// roles as the subcommands wire them.
class RegistryLoopIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void whatARegistryTellsSettlesWhatCouldNotBeTold(@TempDir Path folder) throws Exception {
        assumeTrue(
                "required".equals(System.getenv("SNOWMELT_TEST_REGISTRY"))
                        || RegistryProcess.program().isPresent(),
                "needs docker-registry: apt-get install docker-registry");
        try (var registry = RegistryProcess.open(Files.createDirectory(folder.resolve("registry")));
                var push = new ImagePusher(registry, "shop/cart");
                var kafka = EmbeddedKafka.start(1);
                var cluster = SimulatedCluster.builder().start()) {
            var images = new Images(registry, push);
            cluster.workloads().namespace("snowmelt");
            cluster.workloads().deployment("shop", "cart", images.declared, 3);
            cluster.awaitSettled(PATIENCE);
            Map<String, String> environment = environment(folder, kafka, cluster);
            assertThat(Run.with(environment, "topics", "create").exitCode()).isZero();
            Config config = Config.load(null, environment, Map.of());
            var runner = new RoleRunner(config, Surroundings.ofProcess());
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var exit = threads.submit(
                        () -> runner.run(PATIENCE, metrics -> roles(config, environment, metrics.registry())));
                try {
                    declareByTag(folder, environment, registry);
                    tellApart(config, registry, images, cluster);
                } finally {
                    runner.stop();
                }
                assertThat(exit).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(0);
            }
        }
    }

    /// What is in the registry.
    private static final class Images {
        /// What the pods' template names: the index that the tag pointed at.
        final String declared;
        /// The same config under another manifest, as a mirror or a new index makes it.
        final String again;
        /// The tag, pushed again with another content.
        final String other;

        Images(RegistryProcess registry, ImagePusher push) {
            String repository = registry.name() + "/shop/cart";
            var amd = push.image("", "cart 1 amd64", "first");
            var arm = push.image("", "cart 1 arm64", "first");
            var attestation = push.image("", "attestation", "first");
            declared = repository + "@"
                    + push.index(
                            "1",
                            new Entry(amd, "linux/amd64"),
                            new Entry(arm, "linux/arm64"),
                            new Entry(attestation, "unknown/unknown"));
            again = repository + "@" + push.image("", "cart 1 amd64", "again").digest();
            other = repository + "@"
                    + push.image("again-later", "cart 1 with a miner", "evil").digest();
        }
    }

    private static Map<String, String> environment(Path folder, EmbeddedKafka kafka, SimulatedCluster cluster)
            throws Exception {
        Path kubeconfig = folder.resolve("kubeconfig");
        cluster.writeKubeconfig(kubeconfig);
        return Map.of(
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
                "0",
                "SNOWMELT_REGISTRY_ENABLED",
                "true",
                "SNOWMELT_REGISTRY_INSECURE",
                "true",
                "DOCKER_CONFIG",
                folder.resolve("no-docker").toString());
    }

    private static Roles roles(
            Config config, Map<String, String> environment, io.micrometer.core.instrument.MeterRegistry meters) {
        var topics = config.kafka().topics();
        var clock = InstantSource.system();
        List<Role> roles = new ArrayList<>();
        roles.add(new DetectRole(config, topics, meters));
        roles.add(new CollectRole(config, topics, Clusters.open(config.kubernetes()), clock, meters));
        roles.addAll(ResolveRole.where(config, topics, environment, clock, meters));
        assertThat(roles).hasSize(3);
        return new Roles(roles);
    }

    private static void declareByTag(Path folder, Map<String, String> environment, RegistryProcess registry)
            throws Exception {
        Path declaration = Files.writeString(folder.resolve("cart.yaml"), """
                workload: k8s:simulated/shop/Deployment/cart
                spec:
                  containers: [{name: cart, image: "%s/shop/cart:1"}]
                """.formatted(registry.name()));

        Run secure = Run.with(
                Map.of("DOCKER_CONFIG", folder.toString()), "declare", "-f", declaration.toString(), "--resolve");
        assertThat(secure.exitCode()).as(secure.out()).isEqualTo(ExitCode.ERROR);
        assertThat(secure.err()).contains("Nothing was published").contains("--insecure");

        Run declared = Run.with(
                environment, "declare", "-f", declaration.toString(), "--resolve", "--insecure", "--wait", "90s");
        assertThat(declared.exitCode()).as(declared.err()).isZero();
    }

    private static void tellApart(Config config, RegistryProcess registry, Images images, SimulatedCluster cluster)
            throws Exception {
        await().atMost(PATIENCE).until(() -> count(config, Verdict.State.CONFORMANT) == 3);
        List<String> pods = cluster.podsOf("shop", "cart").stream()
                .map(Pod::getMetadata)
                .map(metadata -> metadata.getName())
                .toList();

        registry.stop();
        cluster.editInPlace("shop", pods.get(0), "cart", images.again);
        cluster.editInPlace("shop", pods.get(1), "cart", images.other);

        await().atMost(PATIENCE).until(() -> count(config, Verdict.State.UNVERIFIED) == 2);
        // A registry that does not answer says nothing, however long it takes.
        await().during(Duration.ofSeconds(3))
                .atMost(PATIENCE)
                .until(() -> count(config, Verdict.State.UNVERIFIED) == 2);

        registry.start();

        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(verdict(config, pods.get(0)).getState()).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(verdict(config, pods.get(1)).getState()).isEqualTo(Verdict.State.DRIFTED);
            assertThat(verdict(config, pods.get(1)).getDriftsList())
                    .singleElement()
                    .satisfies(drift -> assertThat(drift.getKind()).isEqualTo(Drift.Kind.IMAGE_MISMATCH));
            assertThat(verdict(config, pods.get(2)).getState()).isEqualTo(Verdict.State.CONFORMANT);
        });
    }

    private static long count(Config config, Verdict.State state) {
        return FleetView.read(config.kafka(), "").verdicts().values().stream()
                .filter(record -> record.hasInstance() && record.getInstance().getState() == state)
                .count();
    }

    private static Verdict verdict(Config config, String pod) {
        return FleetView.read(config.kafka(), "").verdicts().values().stream()
                .filter(record -> record.getInstance().getInstance().contains("/" + pod + "/"))
                .findFirst()
                .orElseThrow()
                .getInstance();
    }
}
