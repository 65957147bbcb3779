package dev.snowmelt.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.kafka.Proposer;
import dev.snowmelt.cli.kafka.TopicSetup;
import dev.snowmelt.cli.role.Roles;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.RemediationPolicy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `snowmelt scan` on the demo's sandbox: exactly the injected drifts, and nothing after they were dealt with.
class ScanIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<WorkloadId> ALL =
            List.of(DemoFleet.CART, DemoFleet.SEARCH, DemoFleet.CHECKOUT, DemoFleet.ORDERS);

    @TempDir
    private Path stateDir;

    private final Metrics metrics = new Metrics();
    private EmbeddedKafka kafka;
    private SimulatedCluster cluster;
    private DemoFleet fleet;
    private Roles roles;
    private Config config;
    private String err = "";

    @BeforeEach
    void start() throws Exception {
        kafka = EmbeddedKafka.start(1);
        cluster = SimulatedCluster.builder().nodes(3).start();
        fleet = new DemoFleet(cluster);
        fleet.create();
        fleet.awaitSettled(PATIENCE);
        config = KubernetesStage.config(kafka, stateDir);
        TopicSetup.provision(config.kafka(), Duration.ofSeconds(30));
        roles = KubernetesStage.roles(config, fleet, InstantSource.system(), metrics);
        roles.start();
    }

    @AfterEach
    void stop() {
        roles.close();
        cluster.close();
        kafka.close();
        metrics.close();
    }

    @Test
    void findsExactlyTheInjectedDriftsAndNoneAfterRemediation() throws Exception {
        ALL.forEach(workload -> propose(observed(workload)));
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> conformant() == 4 * DemoFleet.REPLICAS);
        InstanceId edited = fleet.pod(DemoFleet.CART, 3);
        InstanceId injected = fleet.pod(DemoFleet.CART, 11);
        InstanceId stateful = fleet.pod(DemoFleet.ORDERS, 5);
        fleet.editInPlace(edited, "cart", "cart:1.2-hotfix");
        fleet.injectContainer(injected);
        fleet.editInPlace(stateful, "orders", "orders:debug");
        fleet.awaitSettled(PATIENCE);

        // The demo's search names only a tag from the first; whose pods run another digest than their siblings is
        // split,
        // as soon as the restarted containers report it.
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(workloads(scan(2)))
                        .isEqualTo(Stream.of(DemoFleet.CART, DemoFleet.ORDERS, DemoFleet.SEARCH)
                                .map(WorkloadId::toString)
                                .collect(Collectors.toSet())));
        JsonNode before = scan(2);
        assertThat(drifted(before))
                .isEqualTo(Stream.of(edited, injected, stateful)
                        .map(InstanceId::toString)
                        .collect(Collectors.toSet()));
        assertThat(before.at("/total/conformant").intValue()).isEqualTo(4 * DemoFleet.REPLICAS - 3);

        ALL.forEach(workload -> propose(enforced(workload)));

        await().atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() ->
                        assertThat(execute("scan", "--wait", "30s")).as(err).isZero());
        JsonNode after = scan(0);
        assertThat(after.get("result").stringValue()).isEqualTo("CLEAN");
        assertThat(after.at("/total/conformant").intValue()).isEqualTo(4 * DemoFleet.REPLICAS);
        assertThat(after.has("drifts")).isFalse();
        assertThat(cluster.podsOf("shop", "cart"))
                .noneMatch(pod -> Set.of(edited.uid(), injected.uid())
                        .contains(pod.getMetadata().getUid()));
    }

    private int conformant() {
        StringWriter out = new StringWriter();
        execute(out, "scan", "--wait", "20s", "--output", "json");
        return JsonMapper.shared()
                .readTree(out.toString())
                .at("/total/conformant")
                .asInt(0);
    }

    private JsonNode scan(int exitCode) {
        var out = new StringWriter();
        assertThat(execute(out, "scan", "--wait", "30s", "--output", "json"))
                .as("%s%s", out, err)
                .isEqualTo(exitCode);
        return JsonMapper.shared().readTree(out.toString());
    }

    private static Set<String> workloads(JsonNode report) {
        return report.get("workloadDrifts")
                .valueStream()
                .map(each -> each.get("workload").stringValue())
                .collect(Collectors.toSet());
    }

    private static Set<String> drifted(JsonNode report) {
        return report.get("drifts")
                .valueStream()
                .map(drift -> drift.get("instance").stringValue())
                .collect(Collectors.toSet());
    }

    private Declare observed(WorkloadId workload) {
        var declare = fleet.declaration(workload, false).toBuilder();
        declare.getSpecBuilder().getRemediationBuilder().setMode(RemediationPolicy.Mode.OBSERVE);
        return declare.build();
    }

    /// Everything may be replaced, the stateful pod and the template with only a tag too.
    private Declare enforced(WorkloadId workload) {
        var declare = fleet.declaration(workload, workload.equals(DemoFleet.SEARCH)).toBuilder();
        if (workload.equals(DemoFleet.ORDERS)) {
            declare.getSpecBuilder().getRemediationBuilder().addAlsoTerminate(RemediationPolicy.Protected.STATEFUL);
        }
        return declare.build();
    }

    private void propose(Declare declare) {
        try {
            var answers = new Proposer(config.kafka(), InstantSource.system())
                    .propose(
                            List.of(Proposal.newBuilder()
                                    .setDeclare(declare)
                                    .setBy("test")
                                    .build()),
                            PATIENCE);
            assertThat(answers.getFirst().hasAccepted()).as("%s", answers).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private int execute(String... arguments) {
        return execute(new StringWriter(), arguments);
    }

    private int execute(StringWriter out, String... arguments) {
        var complaints = new StringWriter();
        Map<String, String> environment = new HashMap<>();
        environment.put("SNOWMELT_KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put(
                "SNOWMELT_KAFKA_PARTITIONS", Integer.toString(config.kafka().partitions()));
        int exitCode = Snowmelt.commandLine(new Surroundings(
                        new PrintWriter(out), new PrintWriter(complaints), environment, InstantSource.system()))
                .execute(arguments);
        err = complaints.toString();
        return exitCode;
    }
}
