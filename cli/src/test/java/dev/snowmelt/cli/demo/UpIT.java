package dev.snowmelt.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.sandbox.cluster.AccessRule;
import dev.snowmelt.sandbox.cluster.Ledger;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Verdict;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `snowmelt up` against a cluster of 1,000 pods, under the rights of docs/rbac.yaml and no more.
class UpIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final TargetId TARGET = TargetId.parse("k8s:simulated");
    private static final String IMAGE = "registry.example/shop/app:1";
    private static final String DIGEST = "sha256:" + "a".repeat(64);
    private static final String OTHER = "sha256:" + "b".repeat(64);
    private static final int WORKLOADS = 5;
    private static final int REPLICAS = 200;

    @TempDir
    private Path folder;

    private SimulatedCluster cluster;
    private Map<String, String> environment;
    private String bootstrap;
    private Thread up;
    private final StringWriter said = new StringWriter();

    @BeforeEach
    void startWith1000Pods() throws Exception {
        cluster = SimulatedCluster.builder().nodes(3).startDelay(Duration.ZERO).start();
        cluster.images().pushTag(IMAGE, DIGEST);
        cluster.images().pushTag("registry.example/shop/app:2", OTHER);
        cluster.workloads().namespace("snowmelt");
        IntStream.range(0, WORKLOADS)
                .forEach(i -> cluster.workloads().deployment("shop", "app" + i, IMAGE + "@" + DIGEST, REPLICAS));
        cluster.workloads().budget("shop", "app1", Integer.toString(REPLICAS));
        cluster.awaitSettled(PATIENCE);
        cluster.user("snowmelt", "snowmelt", AccessRule.parse(rbac(), "snowmelt"));
        Path kubeconfig = folder.resolve("kubeconfig");
        cluster.writeKubeconfig(kubeconfig, "snowmelt");
        int port = freePort();
        bootstrap = "127.0.0.1:" + port;
        environment =
                Map.of("SNOWMELT_STATE_DIR", folder.resolve("state").toString(), "SNOWMELT_KAFKA_PARTITIONS", "4");
        up = Thread.ofPlatform()
                .name("up")
                .start(() -> execute(
                        "up",
                        "--kubeconfig",
                        kubeconfig.toString(),
                        "--http-port",
                        "0",
                        "--kafka-port",
                        Integer.toString(port)));
    }

    @AfterEach
    void stop() throws Exception {
        up.interrupt();
        up.join(Duration.ofSeconds(30));
        cluster.close();
    }

    @Test
    void seesChangesWithinASecondAndEvictsWithinTheBudgetUnderTheReadmesRights() throws Exception {
        await().atMost(PATIENCE)
                .until(() ->
                        execute("topics", "create", "--bootstrap-server", bootstrap, "--replication-factor", "1") == 0);
        try (var story = new Story(
                bootstrap, new Topics(Topics.DEFAULT_PREFIX, 4), Words.KUBERNETES, InstantSource.system(), _ -> {})) {
            declareAll();
            assertThat(story.awaitThat(() -> conformant(story) == (long) WORKLOADS * REPLICAS, PATIENCE))
                    .as("all conformant, %s are; %s", conformant(story), said)
                    .isTrue();

            List<Snowflake> made = new ArrayList<>();
            Pod edited = pod("app0", 7);
            made.add(expect(story, "edited", edited, "app0", Snowflake.End.REPLACED));
            cluster.editInPlace("shop", name(edited), "app0", "registry.example/shop/app:2");
            Pod held = pod("app1", 3);
            made.add(expect(story, "held by the disruption budget", held, "app1", Snowflake.End.HELD));
            cluster.backdoor().setImageId("shop", name(held), "app1", "registry.example/shop/app@" + OTHER);
            Pod debugged = pod("app2", 11);
            made.add(expect(story, "debugged", debugged, "app2", Snowflake.End.HELD));
            cluster.workloads().debug("shop", name(debugged), "debugger", "registry.example/shop/app:2");

            for (Snowflake snowflake : made) {
                assertThat(story.await(snowflake, s -> s.seen() && s.end().isPresent(), PATIENCE))
                        .as("%s was seen and ended; %s", snowflake.what(), said)
                        .isTrue();
                assertThat(snowflake.detectMillis().orElseThrow())
                        .as("%s was seen", snowflake.what())
                        .isLessThan(1_000);
                assertThat(snowflake.end()).as(snowflake.what()).contains(snowflake.expected());
            }
            await().atMost(PATIENCE).until(() -> !evictionsOf(held).isEmpty());
            assertThat(evictionsOf(held))
                    .allSatisfy(entry -> assertThat(entry.status()).isEqualTo(429));
            assertThat(evictionsOf(debugged)).isEmpty();
            assertThat(cluster.ledger().touched())
                    .extracting(Ledger.Entry::resource, Ledger.Entry::uid)
                    .containsExactly(org.assertj.core.api.Assertions.tuple(
                            "pods/eviction", edited.getMetadata().getUid()));
        }
    }

    private List<Ledger.Entry> evictionsOf(Pod pod) {
        return cluster.ledger().evictions().stream()
                .filter(entry -> entry.uid().equals(pod.getMetadata().getUid()))
                .toList();
    }

    private Snowflake expect(Story story, String what, Pod pod, String workload, Snowflake.End end) {
        return story.expect(
                what,
                new WorkloadId(TARGET, "shop", WorkloadId.DEPLOYMENT, workload),
                Optional.of(InstanceId.pod(
                        TARGET, "shop", name(pod), pod.getMetadata().getUid())),
                end);
    }

    private void declareAll() throws IOException {
        var documents = new StringBuilder();
        for (int i = 0; i < WORKLOADS; i++) {
            documents.append("""
                    ---
                    workload: %s/shop/Deployment/app%d
                    spec:
                      containers:
                        - name: app%d
                          image: %s@%s
                      remediation: {mode: ENFORCE, gracePeriod: 0s}
                    """.formatted(TARGET, i, i, IMAGE, DIGEST));
        }
        Path file = folder.resolve("declarations.yaml");
        Files.writeString(file, documents, StandardCharsets.UTF_8);
        assertThat(execute("declare", "-f", file.toString(), "--bootstrap-server", bootstrap, "--wait", "60s"))
                .as(said.toString())
                .isZero();
    }

    private static long conformant(Story story) {
        return story.verdicts().stream()
                .filter(verdict -> verdict.getState() == Verdict.State.CONFORMANT)
                .count();
    }

    private Pod pod(String workload, int index) {
        return cluster.podsOf("shop", workload).get(index);
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getName();
    }

    private int execute(String... arguments) {
        var writer = new PrintWriter(said, true);
        return Snowmelt.commandLine(new Surroundings(writer, writer, environment, InstantSource.system()))
                .execute(arguments);
    }

    private static String rbac() throws IOException {
        try (InputStream in = UpIT.class.getResourceAsStream("/rbac.yaml")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
