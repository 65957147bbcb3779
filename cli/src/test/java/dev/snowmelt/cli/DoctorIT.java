package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import dev.snowmelt.sandbox.aws.Fault;
import dev.snowmelt.sandbox.aws.FaultyProxy;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.sandbox.cluster.AccessRule;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.CollectorStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `snowmelt doctor` where all is well, where one thing is wrong, and where nothing is there.
@Timeout(180)
class DoctorIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static EmbeddedKafka kafka;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void whereAllIsWellNothingFailsAndWhereOneThingIsWrongItSaysWhich() throws Exception {
        try (var cluster = SimulatedCluster.builder().start()) {
            Map<String, String> environment = environment("doctor.");
            environment.put("SNOWMELT_KUBERNETES_KUBECONFIG", kubeconfig(cluster, rbac()));
            assertThat(Run.with(environment, "topics", "create").exitCode()).isZero();
            report("doctor.", Instant.now());
            try (var detect = new RunningDetect(environment, folder.resolve("state"))) {
                // It may not listen yet.
                await().atMost(PATIENCE)
                        .ignoreExceptionsInstanceOf(IOException.class)
                        .untilAsserted(
                                () -> assertThat(detect.get("/health/ready").statusCode())
                                        .isEqualTo(200));

                Run well = Run.with(environment, "doctor");

                assertThat(well.exitCode()).as(well.out()).isZero();
                assertThat(well.out().lines()).allMatch(line -> line.length() <= 100);
                assertThat(checks(environment))
                        .containsEntry("kafka.reachable", "OK")
                        .containsEntry("kafka.transactions", "OK")
                        .containsEntry("kafka.topics", "OK")
                        .containsEntry("kafka.replication", "WARN")
                        .containsEntry("kafka.acls", "OK")
                        .containsEntry("kafka.groups.doctor.detector", "OK")
                        .containsEntry("kafka.groups.doctor.registrar", "OK")
                        .containsEntry("kafka.groups.doctor.scanner", "OK")
                        .containsEntry("kafka.groups.doctor.planner", "WARN")
                        .containsEntry("collectors.k8s:simulated", "OK")
                        .containsEntry("clock.kafka", "SKIPPED")
                        .containsEntry("registry", "SKIPPED")
                        .containsEntry("kubernetes.reachable", "OK")
                        .containsEntry("clock.kubernetes", "OK")
                        .containsEntry("kubernetes.rbac.snowmelt-collector", "OK")
                        .containsEntry("kubernetes.rbac.snowmelt-collector-lease", "OK")
                        .containsEntry("kubernetes.rbac.snowmelt-executor", "OK")
                        .containsEntry("kubernetes.rbac.snowmelt-restorer", "OK")
                        .containsEntry("trust.keys", "WARN")
                        .containsEntry("trust.signingKey", "SKIPPED")
                        .containsEntry("state", "OK");
                assertThat(checks(environment, "--role", "remediate"))
                        .as("who means to remediate is told that nobody does")
                        .containsEntry("kafka.groups.doctor.planner", "FAIL");
                environment.put("SNOWMELT_KUBERNETES_TARGET", "k8s:unwatched");
                assertThat(checks(environment, "--role", "detect"))
                        .containsEntry("collectors.k8s:unwatched", "FAIL")
                        .doesNotContainKeys("kubernetes.reachable", "kubernetes");
                environment.remove("SNOWMELT_KUBERNETES_TARGET");
            }
            oneThingIsWrong(environment, cluster);
        }
    }

    private void oneThingIsWrong(Map<String, String> environment, SimulatedCluster cluster) throws Exception {
        environment.put(
                "SNOWMELT_KUBERNETES_KUBECONFIG", kubeconfig(cluster, rbac().replace("[pods/eviction]", "[pods/log]")));
        environment.put("SNOWMELT_TRUST_KEYS", folder.resolve("gone.pem").toString());
        report("doctor.", Instant.now().minusSeconds(3_600));
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.TOPIC, "doctor.declarations"),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }

        Run ill = Run.with(environment, "doctor");
        Run yaml = Run.with(environment, "doctor", "-o", "yaml");

        assertThat(ill.exitCode()).isEqualTo(1);
        assertThat(yaml.exitCode()).isEqualTo(1);
        assertThat(yaml.out()).contains("check: kafka.topics").contains("result: FAIL");
        assertThat(checks(environment))
                .containsEntry("kafka.topics", "FAIL")
                .containsEntry("kubernetes.rbac.snowmelt-executor", "FAIL")
                .containsEntry("kubernetes.rbac.snowmelt-collector", "OK")
                .containsEntry("collectors.k8s:simulated", "FAIL")
                .containsEntry("kafka.groups.doctor.detector", "FAIL")
                .containsEntry("trust.keys", "FAIL");
        assertThat(ill.out())
                .contains("cleanup.policy is 'delete', should be 'compact'")
                .contains("this user lacks create pods/eviction")
                .contains("gone.pem");
        assertThat(checks(environment, "--role", "collect")).doesNotContainKeys("kubernetes.rbac.snowmelt-executor");
    }

    @Test
    void whatTheStoresRestOnIsLookedAtToo() throws Exception {
        try (var three = EmbeddedKafka.start(3);
                var admin = Admin.create(Map.of("bootstrap.servers", three.bootstrapServers()))) {
            Map<String, String> environment = environment("thin.");
            environment.put("SNOWMELT_KAFKA_BOOTSTRAP_SERVERS", three.bootstrapServers());
            environment.put("SNOWMELT_KAFKA_REPLICATION_FACTOR", "3");
            environment.put(
                    "SNOWMELT_KUBERNETES_KUBECONFIG", folder.resolve("none").toString());
            assertThat(Run.with(environment, "topics", "create").exitCode()).isZero();
            Map<String, String> well = checks(environment, "--role", "detect");
            admin.createTopics(List.of(
                            new NewTopic("thin.planner-budgets-changelog", 2, (short) 1),
                            new NewTopic("thin.registrar-numbers-changelog", 2, (short) 3)
                                    .configs(Map.of("min.insync.replicas", "1")),
                            new NewTopic("elsewhere.planner-budgets-changelog", 2, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);

            Run run = Run.with(environment, "doctor", "--role", "detect", "--output", "json");

            // Nobody has used a transaction here, so the log of transactions is not known.
            assertThat(well).containsEntry("kafka.replication", "SKIPPED");
            assertThat(run.out())
                    .contains("which have 3: thin.planner-budgets-changelog (1): what roles remember")
                    .contains("min.insync.replicas is 1 of thin.registrar-numbers-changelog: ")
                    .doesNotContain("elsewhere.");
        }
    }

    @Test
    void aClockThatIsAnHourWrongFails() throws Exception {
        try (var cluster = SimulatedCluster.builder()
                .clock(() -> Instant.now().plusSeconds(3_600))
                .start()) {
            Map<String, String> environment = environment("none.");
            environment.put("SNOWMELT_KUBERNETES_KUBECONFIG", kubeconfig(cluster, rbac()));

            assertThat(checks(environment)).containsEntry("clock.kubernetes", "FAIL");
        }
    }

    @Test
    void whereNothingIsThereItEndsSoonAndCallsNothingWell() throws Exception {
        Map<String, String> environment = nothingThere();
        Path kubeconfig = folder.resolve("nobody");
        Files.writeString(kubeconfig, """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: c, context: {cluster: c, user: u}}]
                current-context: c
                """.formatted(RunningDetect.freePort()));
        environment.put("SNOWMELT_KUBERNETES_KUBECONFIG", kubeconfig.toString());
        long begun = System.nanoTime();

        Map<String, String> checks = checks(environment);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(30));
        assertThat(checks)
                .containsEntry("kafka.reachable", "FAIL")
                .containsEntry("kafka.topics", "SKIPPED")
                .containsEntry("collectors", "SKIPPED")
                .containsEntry("kubernetes.reachable", "FAIL")
                .containsEntry("kubernetes.rbac", "SKIPPED");
        assertThat(Run.of("doctor", "--role", "cook").exitCode()).isEqualTo(64);
    }

    @Test
    @ExtendWith(MotoExtension.class)
    void anAccountsCallsAreToldAsFarAsTheyCanBe(Moto moto) throws Exception {
        moto.reset();
        System.setProperty("aws.accessKeyId", "testing");
        System.setProperty("aws.secretAccessKey", "testing");
        try (var aws = FaultyProxy.before(moto.endpoint())) {
            Map<String, String> environment = environment("none.");
            environment.put("SNOWMELT_AWS_TARGET", Moto.target());
            environment.put("SNOWMELT_AWS_ENDPOINT", aws.endpoint().toString());
            String subject = "aws." + Moto.target();

            Run allowed = Run.with(environment, "doctor");
            aws.fail("DescribeLaunchTemplates", Fault.unauthorized());
            Run denied = Run.with(environment, "doctor", "--role", "collect");

            assertThat(allowed.out())
                    .contains("OK       " + subject + ".identity")
                    .contains("OK       clock." + subject)
                    .contains("OK       " + subject + ".collector-policy: allowed:")
                    .contains("SKIPPED  " + subject + ".executor-policy: whether")
                    .contains("autoscaling:TerminateInstanceInAutoScalingGroup");
            assertThat(denied.out())
                    .contains("FAIL     " + subject + ".collector-policy: may not ec2:DescribeLaunchTemplates")
                    .doesNotContain("executor-policy");
            assertThat(aws.calls())
                    .as("looks only")
                    .allMatch(call -> call.permission().matches(".*:(Describe|Get).*"));
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    private String kubeconfig(SimulatedCluster cluster, String rbac) throws Exception {
        cluster.user("doctor", "doctor", AccessRule.parse(rbac, "snowmelt"));
        Path file = folder.resolve("kubeconfig");
        cluster.writeKubeconfig(file, "doctor");
        return file.toString();
    }

    private static String rbac() throws Exception {
        return Files.readString(Path.of("..", "docs", "rbac.yaml"));
    }

    private static Map<String, String> nothingThere() {
        return new HashMap<>(Map.of("SNOWMELT_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + RunningDetect.freePort()));
    }

    private static Map<String, String> environment(String prefix) {
        return new HashMap<>(Map.of(
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SNOWMELT_KAFKA_PREFIX",
                prefix,
                "SNOWMELT_KAFKA_PARTITIONS",
                "2",
                "SNOWMELT_KAFKA_REPLICATION_FACTOR",
                "1"));
    }

    /// What each check said; of several findings of one check the worst, as JSON has them.
    private static Map<String, String> checks(Map<String, String> environment, String... options) {
        String[] arguments = new String[options.length + 3];
        System.arraycopy(options, 0, arguments, 3, options.length);
        arguments[0] = "doctor";
        arguments[1] = "--output";
        arguments[2] = "json";
        Run run = Run.with(environment, arguments);
        JsonNode tree = JsonMapper.shared().readTree(run.out());
        List<String> severity = List.of("OK", "SKIPPED", "WARN", "FAIL");
        return tree.get("checks")
                .valueStream()
                .collect(Collectors.toMap(
                        check -> check.get("check").asString(),
                        check -> check.get("result").asString(),
                        (one, other) -> severity.indexOf(one) > severity.indexOf(other) ? one : other,
                        TreeMap::new));
    }

    private static void report(String prefix, Instant at) throws Exception {
        var topic = new Topics(prefix, 2).collectors();
        var status = CollectorStatus.newBuilder()
                .setCollector("kubernetes/k8s:simulated")
                .setTarget("k8s:simulated")
                .setKind("kubernetes")
                .setLastSnapshot(Timestamp.newBuilder().setSeconds(at.getEpochSecond()))
                .build();
        var record = topic.record(status.getCollector(), status);
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            topic.name(),
                            record.partition(),
                            topic.keySerde().serializer().serialize(topic.name(), status.getCollector()),
                            status.toByteArray()))
                    .get(30, TimeUnit.SECONDS);
        }
    }
}
