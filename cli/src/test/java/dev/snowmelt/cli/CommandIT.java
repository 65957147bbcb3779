package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CommandIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static EmbeddedKafka kafka;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void topicsAreCreatedOnceAndComparedAfterwards() throws Exception {
        Map<String, String> environment = environment("create.");
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic("create.proposals", 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }

        Run first = Run.with(environment, "topics", "create", "--replication-factor", "1", "--output", "json");
        Run second = Run.with(environment, "topics", "create", "--replication-factor", "1");

        assertThat(first.exitCode()).isEqualTo(1);
        JsonNode topics = JsonMapper.builder().build().readTree(first.out()).get("topics");
        assertThat(topics.size()).isEqualTo(new Topics("create.", 3).all().size());
        assertThat(topics.get(0).get("result").stringValue()).isEqualTo("differs");
        assertThat(topics.get(0).get("differences").get(0).toString())
                .isEqualTo("{\"setting\":\"partitions\",\"is\":\"1\",\"shouldBe\":\"3\"}");
        assertThat(topics.get(1).get("result").stringValue()).isEqualTo("created");
        assertThat(second.exitCode()).isEqualTo(1);
        assertThat(second.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(second.out()).contains("create.answers").contains("partitions is 1, should be 3");
        assertThat(second.out().lines().filter(line -> line.contains(" exists")))
                .hasSize(new Topics("create.", 3).all().size() - 1);
    }

    @Test
    void whoeverToleratesDifferencesIsStoppedOnlyByWhatDoesNotWork() throws Exception {
        Map<String, String> environment = environment("tolerant.");
        String[] create = {"topics", "create", "--replication-factor", "1", "--tolerate-differences"};
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic("tolerant.evidence", 3, (short) 1)
                            .configs(Map.of("retention.ms", "1000", "max.message.bytes", "" + Topics.LARGEST_RECORD))))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            Run tolerant = Run.with(environment, create);
            Run strict = Run.with(environment, "topics", "create", "--replication-factor", "1");
            admin.createTopics(List.of(new NewTopic("stopped.evidence", 2, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            Run stopped = Run.with(environment("stopped."), create);

            assertThat(tolerant.exitCode()).as(tolerant.out()).isZero();
            assertThat(tolerant.out()).contains("differs").contains("retention.ms is 1000");
            assertThat(strict.exitCode()).isEqualTo(1);
            assertThat(stopped.exitCode()).isEqualTo(1);
        }
    }

    @Test
    void aRoleSaysWhichTopicIsWrongAndWhatToDo() throws Exception {
        var topics = new Topics("wrong.", 3);
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic("wrong.proposals", 2, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        var checks = new BrokerChecks(kafka.bootstrapServers(), Map.of());

        // A broker may hear of a new topic a moment later.
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(checks.look(new BrokerChecks.Needs(List.of(topics.proposals()), true)))
                        .isInstanceOfSatisfying(
                                BrokerChecks.Unfit.class,
                                unfit -> assertThat(unfit.problems())
                                        .singleElement()
                                        .satisfies(problem -> assertThat(problem)
                                                .startsWith(
                                                        "Topic wrong.proposals has 2 partitions, but 3 are needed"))));
        assertThat(checks.look(new BrokerChecks.Needs(List.of(topics.answers()), false))
                        .problems())
                .containsExactly("Topic wrong.answers does not exist; run 'snowmelt topics create'.");
    }

    @Test
    void anUnansweredProposalIsSaid() throws Exception {
        provision("unanswered.");

        Run run = Run.with(environment("unanswered."), "pause", "k8s:prod-eu", "--wait", "2s");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("The registrar did not answer 1 of 1 proposals within 2s.");
    }

    @Test
    void whatIsDeclaredIsAnsweredAndShown() throws Exception {
        provision("declare.");
        Map<String, String> environment = environment("declare.");
        Path declaration = Files.writeString(folder.resolve("cart.yaml"), """
                workload: k8s:prod-eu/shop/Deployment/cart
                spec:
                  containers: [{name: cart, image: "registry.example/cart@sha256:%s"}]
                  remediation: {mode: ENFORCE}
                """.formatted("a".repeat(64)));

        try (var detect = new RunningDetect(environment, folder)) {
            Run declared = Run.with(environment, "declare", "-f", declaration.toString(), "--reason", "test");
            Run again = Run.with(environment, "declare", "-f", declaration.toString(), "-o", "json");
            Run paused = Run.with(environment, "pause", "k8s:prod-eu/shop/Deployment/cart", "--for", "1h");
            Run status = Run.with(environment, "status");
            Run asYaml = Run.with(environment, "status", "k8s:prod-eu", "--output", "yaml");
            Run unknown = Run.with(environment, "explain", "nobody");

            assertThat(declared.err()).isEmpty();
            assertThat(declared.exitCode()).isZero();
            assertThat(declared.out().lines())
                    .containsExactly(
                            "SUBJECT                           BEFORE  REVISION  ANSWER",
                            "k8s:prod-eu/shop/Deployment/cart       -         1  accepted");
            assertThat(JsonMapper.builder().build().readTree(again.out()).at("/answers/0/accepted/unchanged"))
                    .hasToString("true");
            assertThat(paused.exitCode()).isZero();
            assertThat(status.exitCode()).isZero();
            assertThat(status.out().lines()).allMatch(line -> line.length() <= 100);
            assertThat(status.out()).containsPattern("k8s:prod-eu/shop/Deployment/cart +1 +ENFORCE");
            assertThat(status.out()).containsPattern("PAUSE +k8s:prod-eu/shop/Deployment/cart");
            assertThat(asYaml.out()).contains("- workload: k8s:prod-eu/shop/Deployment/cart");
            assertThat(unknown.exitCode()).isEqualTo(1);
            assertThat(unknown.err()).startsWith("snowmelt: Nothing is known of nobody.");

            assertThat(detect.get("/health/live").statusCode()).isEqualTo(200);
            await().atMost(PATIENCE).until(() -> detect.get("/health/ready").statusCode() == 200);
            assertThat(detect.get("/metrics").body())
                    .contains("snowmelt_registrar_proposals_total{result=\"accepted\"} 2.0");
            assertThat(detect.get("/nowhere").statusCode()).isEqualTo(404);
        }
    }

    private static void provision(String prefix) {
        try (Admin admin = admin()) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(new Topics(prefix, 3));
        }
    }

    private static Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static Map<String, String> environment(String prefix) {
        return Map.of(
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SNOWMELT_KAFKA_PREFIX",
                prefix,
                "SNOWMELT_KAFKA_PARTITIONS",
                "3");
    }
}
