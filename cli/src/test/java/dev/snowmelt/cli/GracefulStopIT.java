package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.FleetView;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// SIGTERM to real processes that are at work: they end in time and leave their groups, and nothing is lost.
@Timeout(240)
class GracefulStopIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration PROMISED = Duration.ofSeconds(10);
    private static final String REPOSITORY = "registry.example/shop/cart@sha256:";
    private static final String GOOD = REPOSITORY + "a".repeat(64);
    private static final String BAD = REPOSITORY + "b".repeat(64);
    private static final String SECRET = "correct-horse-battery";
    private static final int PODS = 40;

    @TempDir
    private Path folder;

    @Test
    void everyRoleStopsWithinTenSecondsUnderLoadAndLosesNothing() throws Exception {
        try (var kafka = EmbeddedKafka.start(1);
                var cluster = cluster()) {
            Map<String, String> environment = environment(cluster);
            environment.put("SNOWMELT_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
            assertThat(Run.with(environment, "topics", "create").exitCode()).isZero();
            try (var detect = start(environment, "detect");
                    var remediate = start(environment, "remediate");
                    var collect = start(environment, "collect", "kubernetes")) {
                List<ChildProcess> roles = List.of(detect, remediate, collect);
                await().atMost(PATIENCE).until(() -> detect.ready() && remediate.ready() && collect.ready());
                try (var load = new Load(cluster)) {
                    load.awaitChanges(100);
                    await().atMost(PATIENCE).until(() -> !drifted(environment).isEmpty());

                    for (ChildProcess role : roles) {
                        assertThat(role.stop(PROMISED)).isLessThan(PROMISED);
                        assertThat(role.exitCode()).as("ended by SIGTERM").isEqualTo(143);
                    }
                    assertThat(membersLeft(kafka)).isEmpty();
                }
                for (ChildProcess role : roles) {
                    assertThat(role.lines()).noneMatch(line -> line.contains("did not stop in time"));
                }
                everyLineIsJsonWithoutSecrets(roles);
            }
            theirSuccessorsGoOn(environment, cluster);
        }
    }

    private void theirSuccessorsGoOn(Map<String, String> environment, SimulatedCluster cluster) throws Exception {
        // Everything is to be read again from the topics.
        try (Stream<Path> stores = Files.walk(folder.resolve("state-detect"))) {
            for (Path path : stores.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
        cluster.podsOf("shop", "cart").forEach(pod -> image(cluster, pod, BAD));
        long begun = System.nanoTime();
        try (var detect = start(environment, "detect");
                var collect = start(environment, "collect", "kubernetes")) {
            await().atMost(PATIENCE).until(detect::ready);
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(40));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(drifted(environment)).hasSize(PODS));
            collect.stop(PROMISED);
            detect.stop(PROMISED);
        }
    }

    @Test
    void upStopsWithinTenSecondsWithItsOwnBroker() throws Exception {
        try (var cluster = cluster()) {
            Map<String, String> environment = environment(cluster);
            environment.put("SNOWMELT_STATE_DIR", folder.resolve("up").toString());
            try (var up = ChildProcess.start(
                    folder.resolve("up.log"), environment, "up", "--kafka-port", "" + RunningDetect.freePort())) {
                await().atMost(PATIENCE).until(up::ready);
                try (var load = new Load(cluster)) {
                    load.awaitChanges(100);

                    assertThat(up.stop(PROMISED)).isLessThan(PROMISED);
                }
                assertThat(up.lines()).noneMatch(line -> line.contains("did not stop in time"));
            }
        }
    }

    private static SimulatedCluster cluster() throws Exception {
        var cluster = SimulatedCluster.builder().startDelay(Duration.ZERO).start();
        cluster.workloads().namespace("snowmelt");
        cluster.workloads().deployment("shop", "cart", GOOD, PODS);
        cluster.awaitSettled(PATIENCE);
        return cluster;
    }

    private ChildProcess start(Map<String, String> environment, String... arguments) throws Exception {
        Map<String, String> own = new HashMap<>(environment);
        own.put("SNOWMELT_STATE_DIR", folder.resolve("state-" + arguments[0]).toString());
        return ChildProcess.start(folder.resolve(arguments[0] + System.nanoTime() + ".log"), own, arguments);
    }

    private Map<String, String> environment(SimulatedCluster cluster) throws Exception {
        Path kubeconfig = folder.resolve("kubeconfig");
        cluster.writeKubeconfig(kubeconfig);
        return new HashMap<>(Map.of(
                "SNOWMELT_KAFKA_PARTITIONS", "2",
                "SNOWMELT_KAFKA_REPLICATION_FACTOR", "1",
                "SNOWMELT_KAFKA_CLIENT_SSL_KEYSTORE_PASSWORD", SECRET,
                "SNOWMELT_KUBERNETES_KUBECONFIG", kubeconfig.toString(),
                "SNOWMELT_DETECT_UNDECLARED", "TRUST_TEMPLATE",
                "SNOWMELT_LOGGING_FORMAT", "json",
                "SNOWMELT_LOG_LEVEL", "DEBUG"));
    }

    private static List<Verdict> drifted(Map<String, String> environment) {
        return FleetView.read(Config.load(null, environment, Map.of()).kafka(), "").verdicts().values().stream()
                .filter(record -> record.hasInstance())
                .map(record -> record.getInstance())
                .filter(verdict -> verdict.getState() == Verdict.State.DRIFTED)
                .toList();
    }

    private static List<String> membersLeft(EmbeddedKafka kafka) throws Exception {
        var topics = new Topics(Topics.DEFAULT_PREFIX, 2);
        List<String> groups = Stream.of("registrar", "detector", "scanner", "planner", "executor-simulated")
                .map(topics::id)
                .toList();
        List<String> left = new ArrayList<>();
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            for (ConsumerGroupDescription group : admin.describeConsumerGroups(groups)
                    .all()
                    .get(30, TimeUnit.SECONDS)
                    .values()) {
                group.members().forEach(member -> left.add(group.groupId() + ": " + member.clientId()));
            }
        }
        return left;
    }

    private static void everyLineIsJsonWithoutSecrets(List<ChildProcess> roles) throws Exception {
        for (ChildProcess role : roles) {
            List<String> lines = role.lines();
            assertThat(lines).isNotEmpty().allSatisfy(line -> {
                assertThat(JsonMapper.shared().readTree(line).has("formattedMessage"))
                        .isTrue();
                assertThat(line).doesNotContain(SECRET);
            });
        }
    }

    private static void image(SimulatedCluster cluster, Pod pod, String image) {
        cluster.backdoor().setImageId("shop", pod.getMetadata().getName(), "cart", image);
    }

    /// Pods whose images change all the time.
    private static final class Load implements AutoCloseable {
        private final CountDownLatch over = new CountDownLatch(1);
        private final java.util.concurrent.atomic.AtomicInteger changes =
                new java.util.concurrent.atomic.AtomicInteger();
        private final Thread thread;

        Load(SimulatedCluster cluster) {
            List<Pod> pods = cluster.podsOf("shop", "cart");
            thread = Thread.ofPlatform().name("load").start(() -> {
                try {
                    while (!over.await(10, TimeUnit.MILLISECONDS)) {
                        int change = changes.incrementAndGet();
                        image(cluster, pods.get(change % PODS), change / PODS % 2 == 0 ? BAD : GOOD);
                    }
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        void awaitChanges(int number) {
            await().atMost(PATIENCE).until(() -> changes.get() >= number);
        }

        @Override
        public void close() {
            over.countDown();
            try {
                thread.join();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
