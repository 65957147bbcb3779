package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `declare` and its subcommands against a real registrar.
class DeclareIT {
    private static final Topics TOPICS = new Topics("declare-it.", 3);
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private static Path state;

    private static EmbeddedKafka kafka;
    private static RunningDetect detect;
    private static Map<String, String> environment;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startRegistrar() {
        kafka = EmbeddedKafka.start(1);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(TOPICS);
        }
        environment = Map.of(
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SNOWMELT_KAFKA_PREFIX",
                "declare-it.",
                "SNOWMELT_KAFKA_PARTITIONS",
                "3");
        detect = new RunningDetect(environment, state);
    }

    @AfterAll
    static void stopRegistrar() {
        detect.close();
        kafka.close();
    }

    @Test
    void ofTwoWhoDecideOnTheSameRevisionTheLaterIsToldWhoWasFaster() throws Exception {
        String workload = "k8s:prod-eu/two/Deployment/cart";
        declare(document(workload, 'a'), "--by", "carol");
        String alice = "expectedRevision: 1\n" + document(workload, 'b');
        String bob = "expectedRevision: 1\n" + document(workload, 'c');

        List<Run> runs;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Run> first = threads.submit(() -> run(file(alice), "--by", "alice", "--reason", "1.4"));
            Future<Run> second = threads.submit(() -> run(file(bob), "--by", "bob", "--reason", "1.5"));
            runs = List.of(first.get(120, TimeUnit.SECONDS), second.get(120, TimeUnit.SECONDS));
        }

        boolean aliceWasFaster = runs.get(0).exitCode() == 0;
        Run faster = runs.get(aliceWasFaster ? 0 : 1);
        Run later = runs.get(aliceWasFaster ? 1 : 0);
        String winner = aliceWasFaster ? "alice" : "bob";
        assertThat(faster.exitCode()).as(faster.out() + faster.err()).isZero();
        assertThat(later.exitCode()).isEqualTo(1);
        assertThat(later.out())
                .contains("refused")
                .containsPattern(
                        "expectedRevision: is 1, but revision 2 was declared by " + winner + " .*ago: '1\\.[45]'");

        Run forced = run(file(aliceWasFaster ? bob : alice), "--force", "--by", "stubborn");
        assertThat(forced.exitCode()).as(forced.out()).isZero();
        assertThat(history(workload, "declaredBy")).containsExactly("stubborn", winner, "carol");
    }

    @Test
    void whoeverReadsBeforeTheOtherHasDeclaredLosesNothing() throws Exception {
        String workload = "k8s:prod-eu/race/Deployment/cart";
        declare(document(workload, 'a'));

        List<Run> runs = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Run>> all = new ArrayList<>();
            for (String by : List.of("b", "c", "d", "e")) {
                all.add(threads.submit(() -> run(file(document(workload, by.charAt(0))), "--by", by)));
            }
            for (Future<Run> each : all) {
                runs.add(each.get(120, TimeUnit.SECONDS));
            }
        }

        long accepted = runs.stream().filter(run -> run.exitCode() == 0).count();
        assertThat(accepted).isPositive();
        assertThat(runs).allMatch(run -> run.exitCode() == 0 || run.out().contains("was declared by "));
        assertThat(history(workload, "number")).hasSize((int) accepted + 1);
    }

    @Test
    void whatIsProposedRestsOnWhatWasReadUnlessForced() throws Exception {
        String workload = "k8s:prod-eu/rests/Deployment/cart";
        declare(document(workload, 'a'), "--by", "first");
        declare(document(workload, 'b'), "--by", "second");
        declare(document(workload, 'c'), "--by", "forced", "--force");

        List<String> proposals = proposals(workload);

        assertThat(proposals).hasSize(3);
        assertThat(proposals.get(0)).contains("\"expectedRevision\":\"0\"").contains("first");
        assertThat(proposals.get(1)).contains("\"expectedRevision\":\"1\"").contains("second");
        assertThat(proposals.get(2)).doesNotContain("expectedRevision").contains("forced");
    }

    @Test
    void aProposalOfAnotherProgramCountsOnAnyPartitionWithoutAKey() throws Exception {
        String workload = "k8s:prod-eu/kcat/Deployment/cart";
        String json = """
                {"declare": {"workload": "%s", "expectedRevision": 0,
                 "spec": {"containers": [{"name": "cart", "image": "%s"}]}}, "by": "kcat"}
                """.formatted(workload, image('a'));
        for (int partition = 0; partition < 3; partition++) {
            String id = produce(partition, json);

            String answer = answer(id);

            // The first counts, the others come too late: whatever partition they lie on.
            assertThat(answer).contains(partition == 0 ? "\"revision\"" : "expectedRevision");
        }
        assertThat(history(workload, "declaredBy")).containsExactly("kcat");
    }

    @Test
    void whatIsGottenCanBeDeclaredAgain() throws Exception {
        String workload = "k8s:prod-eu/get/Deployment/cart";
        String full = """
                workload: %s
                spec:
                  containers:
                    - {name: cart, image: "%s", digests: ["sha256:%s"], baselineRoot: "%s"}
                    - {name: setup, type: INIT, image: "%s"}
                  injected: [istio-proxy]
                  remediation: {mode: ENFORCE, gracePeriod: 60s, maxUnavailable: 25%%,
                                windows: [{days: [1, 5], from: "08:00", to: "17:30", zone: Europe/Berlin}]}
                """.formatted(workload, image('a'), "e".repeat(64), "f".repeat(64), image('b'));
        declare(full, "--by", "carol", "--reason", "yes: 'quoted'");

        Run got = Run.with(environment, "declare", "get", workload);
        Run asJson = Run.with(environment, "declare", "get", workload, "-o", "json");

        assertThat(got.exitCode()).as(got.err()).isZero();
        assertThat(got.out())
                .startsWith("# Revision 1, declared by carol at 20")
                .contains("expectedRevision: \"1\"");
        assertThat(run(file(got.out())).out()).contains("unchanged");
        assertThat(run(file(asJson.out())).out()).contains("unchanged");
        declare(document(workload, 'd'));
        assertThat(run(file(got.out())).exitCode()).isEqualTo(1);
        Run first = Run.with(environment, "declare", "get", workload, "--revision", "1");
        assertThat(run(file(first.out())).out()).contains("accepted");
        assertThat(Run.with(environment, "declare", "get", workload, "--revision", "9")
                        .err())
                .contains("Revision 9 of " + workload + " is not known; known are 3, 2, 1.");
        assertThat(Run.with(environment, "declare", "get", workload + "x").err())
                .contains("Nothing is declared for " + workload + "x");
    }

    @Test
    void differencesAreShownAndNothingIsPublished() throws Exception {
        String workload = "k8s:prod-eu/diff/Deployment/cart";
        declare(document(workload, 'a'));
        Path same = file(document(workload, 'a'));
        Path other = file(document(workload, 'b') + "---\n" + document(workload + "2", 'b'));

        Run unchanged = Run.with(environment, "declare", "diff", "-f", same.toString());
        Run changed = Run.with(environment, "declare", "diff", "-f", other.toString());
        Run asJson = Run.with(environment, "declare", "diff", "-f", other.toString(), "--output", "json");

        assertThat(unchanged.exitCode()).isZero();
        assertThat(unchanged.out()).contains("0 would change, 1 unchanged.");
        assertThat(changed.exitCode()).isEqualTo(2);
        assertThat(changed.out())
                .contains("-     image: " + image('a'))
                .contains("+     image: " + image('b'))
                .contains(workload + "2: not declared yet")
                .contains("2 would change, 0 unchanged.");
        assertThat(asJson.exitCode()).isEqualTo(2);
        JsonNode tree = JSON.readTree(asJson.out());
        assertThat(tree.at("/workloads/0/changes/0/path").stringValue()).isEqualTo("spec.containers[cart].image");
        assertThat(tree.at("/workloads/1/result").stringValue()).isEqualTo("NEW");
        assertThat(history(workload, "number")).containsExactly("1");
    }

    @Test
    void whatIsDeclaredIsListedRolledBackAndRemoved() throws Exception {
        String workload = "k8s:elsewhere/shop/Deployment/cart";
        declare(document(workload, 'a'), "--by", "alice", "--reason", "release 1.4");
        declare(document(workload, 'b'), "--by", "bob", "--mode", "ENFORCE");

        Run rolledBack = Run.with(environment, "declare", "rollback", workload, "--reason", "leak", "--by", "carol");
        Run history = Run.with(environment, "declare", "history", workload);
        Run list = Run.with(environment, "declare", "list", "k8s:elsewhere");
        Run unknown = Run.with(environment, "declare", "rollback", workload, "--to", "17");
        Run removed = Run.with(environment, "declare", "remove", workload);
        Run again = Run.with(environment, "declare", "remove", workload);

        assertThat(rolledBack.exitCode()).as(rolledBack.err()).isZero();
        assertThat(rolledBack.out())
                .contains("Back to revision 1 by alice at 20")
                .contains("(release 1.4)")
                .contains("  cart:1@aaaaaaaaaaaa");
        assertThat(history.out())
                .contains("Revision 3 by carol at 20")
                .contains("(rollback to revision 1: leak)")
                .contains("changed  containers[cart].image: registry.exam…")
                .contains("changed  remediation removed")
                .contains("changed  remediation added");
        assertThat(list.out().lines()).hasSize(2).allMatch(line -> line.length() <= 100);
        assertThat(list.out()).containsPattern("k8s:elsewhere.*/cart +3 +20.*Z +carol +OBSERVE +cart:1@a");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("Revision 17 of " + workload + " is not known; known are 3, 2, 1.");
        assertThat(removed.exitCode()).isZero();
        assertThat(removed.out()).contains("their instances become UNDECLARED");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("Nothing is declared for " + workload);
        assertThat(Run.with(environment, "declare", "list", "k8s:elsewhere").out())
                .contains("Nothing is declared in k8s:elsewhere.");
    }

    @Test
    void thousandsOfWorkloadsAreDeclaredAtOnce() throws Exception {
        Path many = Files.createDirectories(folder.resolve("many"));
        for (int file = 0; file < 20; file++) {
            String documents = IntStream.range(file * 100, file * 100 + 100)
                    .mapToObj(i -> document("k8s:many/shop/Deployment/w" + i, 'a'))
                    .reduce("", (all, document) -> all + "---\n" + document);
            Files.writeString(many.resolve("f" + file + ".yaml"), documents);
        }
        await().atMost(Duration.ofSeconds(90))
                .until(() -> detect.get("/health/ready").statusCode() == 200);

        long from = System.nanoTime();
        Run run = Run.with(environment, "declare", "-f", many.toString(), "--wait", "2m");
        Duration took = Duration.ofNanos(System.nanoTime() - from);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines().filter(line -> line.endsWith("accepted"))).hasSize(2_000);
        assertThat(took).as("seconds on a quiet machine").isLessThan(Duration.ofSeconds(60));
    }

    private void declare(String documents, String... options) throws IOException {
        Run run = run(file(documents), options);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    private static Run run(Path file, String... options) {
        List<String> arguments = new ArrayList<>(List.of("declare", "-f", file.toString(), "--wait", "90s"));
        arguments.addAll(List.of(options));
        return Run.with(environment, arguments.toArray(String[]::new));
    }

    private Path file(String documents) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "declaration", ".yaml"), documents);
    }

    private static String document(String workload, char digit) {
        return """
                workload: %s
                spec: {containers: [{name: cart, image: "%s"}]}
                """.formatted(workload, image(digit));
    }

    private static String image(char digit) {
        return "registry.example/shop/cart:1@sha256:" + ("" + digit).repeat(64);
    }

    private static List<String> history(String workload, String field) {
        Run run = Run.with(environment, "declare", "history", workload, "-o", "json");
        List<String> values = new ArrayList<>();
        JSON.readTree(run.out())
                .get("revisions")
                .forEach(each -> values.add(each.get(field).asString()));
        return values;
    }

    private static String produce(int partition, String json) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new StringSerializer())) {
            var at = producer.send(new ProducerRecord<byte[], String>(
                            TOPICS.proposals().name(), partition, null, json))
                    .get(30, TimeUnit.SECONDS);
            return at.partition() + "-" + at.offset();
        }
    }

    /// The answer to a proposal, as JSON.
    private static String answer(String id) {
        var deserializer = TOPICS.answers().valueSerde().deserializer();
        try (var consumer = consumer(TOPICS.answers().name(), deserializer)) {
            List<String> found = new ArrayList<>();
            await().atMost(Duration.ofSeconds(90)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.key().equals(id)) {
                        found.add(MessageText.line(record.value()));
                    }
                });
                return !found.isEmpty();
            });
            return found.getFirst();
        }
    }

    /// Everything that was proposed to be declared for a workload, as JSON, in its order of time.
    private static List<String> proposals(String workload) {
        var deserializer = TOPICS.proposals().valueSerde().deserializer();
        try (var consumer = consumer(TOPICS.proposals().name(), deserializer)) {
            Map<Long, String> found = new TreeMap<>();
            var ends = consumer.endOffsets(consumer.assignment());
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    if (record.value().getDeclare().getWorkload().equals(workload)) {
                        found.put(record.timestamp(), MessageText.line(record.value()));
                    }
                });
            }
            return List.copyOf(found.values());
        }
    }

    private static <V> KafkaConsumer<String, V> consumer(String topic, Deserializer<V> values) {
        var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed"),
                new StringDeserializer(),
                values);
        List<TopicPartition> partitions = IntStream.range(0, 3)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }
}
