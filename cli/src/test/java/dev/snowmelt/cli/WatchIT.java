package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `declare watch` against a real registrar.
class WatchIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

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
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(new Topics("watch-it.", 3));
        }
        environment = Map.of(
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SNOWMELT_KAFKA_PREFIX",
                "watch-it.",
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
    void aMountedConfigMapStaysPublished() throws Exception {
        configMap("1", "cart.yaml", document("cm", "cart", 'a'), "web.yaml", document("cm", "web", 'a'));

        try (var watch = new Watching("--name", "cm", "--prune", "--prune-after", "1s")) {
            awaitDeclared("cm", "cart", 'a', "watch:cm");
            awaitDeclared("cm", "web", 'a', "watch:cm");
            await().atMost(PATIENCE).until(() -> watch.get("/health/ready").equals("ready\n"));

            configMap("2", "cart.yaml", document("cm", "cart", 'b'), "web.yaml", document("cm", "web", 'a'));
            awaitDeclared("cm", "cart", 'b', "watch:cm");
            assertThat(revisions("cm", "web")).containsExactly("1");

            Files.delete(folder.resolve("web.yaml"));
            configMap("3", "cart.yaml", document("cm", "cart", 'b'));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(Run.with(environment, "declare", "list", "k8s:cm")
                                    .out())
                            .contains("/cart ")
                            .doesNotContain("/web "));
            assertThat(watch.get("/metrics")).contains("snowmelt_watch_removed_total 1.0");
        }
    }

    @Test
    void whatIsDeclaredByHandStaysUntilTheDocumentChangesAndAfterARestartToo() throws Exception {
        Path file = Files.writeString(folder.resolve("cart.yaml"), document("hand", "cart", 'a'));
        try (var _ = new Watching("--name", "hand")) {
            awaitDeclared("hand", "cart", 'a', "watch:hand");
        }
        Path byHand = Files.writeString(Files.createTempFile("by-hand", ".yaml"), document("hand", "cart", 'b'));
        assertThat(Run.with(environment, "declare", "-f", byHand.toString(), "--by", "alice")
                        .exitCode())
                .isZero();

        try (var watch = new Watching("--name", "hand")) {
            await().atMost(PATIENCE).until(() -> watch.get("/metrics").contains("snowmelt_watch_conflicts 1.0"));
            assertDeclared("hand", "cart", 'b', "alice");

            replace(file, document("hand", "cart", 'c'));
            awaitDeclared("hand", "cart", 'c', "watch:hand");
        }
        Files.delete(byHand);
    }

    @Test
    void whatAPersonRemovedStaysRemovedAfterARestartUntilTheDocumentChanges() throws Exception {
        Path file = Files.writeString(folder.resolve("cart.yaml"), document("gone", "cart", 'a'));
        Files.writeString(folder.resolve("web.yaml"), document("gone", "web", 'a'));
        try (var _ = new Watching("--name", "gone")) {
            awaitDeclared("gone", "cart", 'a', "watch:gone");
            awaitDeclared("gone", "web", 'a', "watch:gone");
        }
        assertThat(Run.with(environment, "declare", "remove", workload("gone", "cart"), "--by", "alice")
                        .exitCode())
                .isZero();

        try (var watch = new Watching("--name", "gone")) {
            await().atMost(PATIENCE).until(() -> watch.get("/metrics").contains("snowmelt_watch_refused_total 1.0"));
            assertThat(Run.with(environment, "declare", "list", "k8s:gone").out())
                    .contains("/web ")
                    .doesNotContain("/cart ");

            replace(file, document("gone", "cart", 'b'));
            awaitDeclared("gone", "cart", 'b', "watch:gone");
        }
    }

    @Test
    void aFaultyFileStopsNoOtherAndAnEmptyFolderRemovesNothing() throws Exception {
        Path cart = Files.writeString(folder.resolve("cart.yaml"), document("faulty", "cart", 'a'));
        Path web = Files.writeString(folder.resolve("web.yaml"), document("faulty", "web", 'a'));
        Files.writeString(
                folder.resolve("broken.yaml"), document("faulty", "other", 'a') + "---\nworkload: [nonsense]\n");

        try (var watch = new Watching("--name", "faulty", "--prune", "--prune-after", "1s")) {
            awaitDeclared("faulty", "cart", 'a', "watch:faulty");
            awaitDeclared("faulty", "web", 'a', "watch:faulty");
            assertThat(watch.get("/metrics"))
                    .contains("snowmelt_watch_faults ")
                    .doesNotContain("snowmelt_watch_faults 0.0");
            assertThat(Run.with(environment, "declare", "list", "k8s:faulty").out())
                    .doesNotContain("/other ");

            Files.delete(cart);
            Files.delete(web);
            Files.delete(folder.resolve("broken.yaml"));
            await().atMost(PATIENCE).until(() -> watch.get("/metrics").contains("snowmelt_watch_vanished 2.0"));
            replace(folder.resolve("new.yaml"), document("faulty", "new", 'a'));
            awaitDeclared("faulty", "new", 'a', "watch:faulty");
            // Two of three would go: more than half.
            await().atMost(PATIENCE).until(() -> watch.get("/metrics").contains("snowmelt_watch_vanished 2.0"));
            assertThat(watch.get("/metrics")).contains("snowmelt_watch_removed_total 0.0");
            assertDeclared("faulty", "cart", 'a', "watch:faulty");
        }
    }

    @Test
    void kafkaMayGoAwayForAWhile() throws Exception {
        Path file = Files.writeString(folder.resolve("cart.yaml"), document("away", "cart", 'a'));
        try (var watch = new Watching("--name", "away")) {
            awaitDeclared("away", "cart", 'a', "watch:away");

            int node = kafka.nodes().iterator().next();
            kafka.stopNode(node);
            replace(file, document("away", "cart", 'b'));
            await().atMost(PATIENCE)
                    .until(() -> watch.get("/health/ready").contains("Kafka or the registrar does not answer"));
            kafka.startNode(node);

            awaitDeclared("away", "cart", 'b', "watch:away");
            await().atMost(PATIENCE).until(() -> watch.get("/health/ready").equals("ready\n"));
        }
    }

    /// What kubelet does: a new folder, and `..data` swapped to it at once.
    private void configMap(String version, String... namesAndTexts) throws IOException {
        Path data = Files.createDirectory(folder.resolve("..2026_11_23_" + version));
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            Files.writeString(data.resolve(namesAndTexts[i]), namesAndTexts[i + 1]);
            Path visible = folder.resolve(namesAndTexts[i]);
            if (!Files.isSymbolicLink(visible)) {
                Files.createSymbolicLink(visible, Path.of("..data", namesAndTexts[i]));
            }
        }
        Path swapped = Files.createSymbolicLink(folder.resolve("..data_tmp"), data.getFileName());
        Files.move(swapped, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    private void replace(Path file, String text) throws IOException {
        Path next = Files.writeString(folder.resolve(".next"), text);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String document(String target, String name, char digit) {
        return """
                workload: k8s:%s/shop/Deployment/%s
                spec: {containers: [{name: main, image: "example/app@sha256:%s"}]}
                """.formatted(target, name, ("" + digit).repeat(64));
    }

    private static void awaitDeclared(String target, String name, char digit, String by) {
        await().atMost(PATIENCE).untilAsserted(() -> assertDeclared(target, name, digit, by));
    }

    private static void assertDeclared(String target, String name, char digit, String by) {
        Run run = Run.with(environment, "declare", "get", workload(target, name));
        assertThat(run.out()).contains(("" + digit).repeat(64)).contains("declared by " + by + " at");
    }

    private static List<String> revisions(String target, String name) {
        Run run = Run.with(environment, "declare", "history", workload(target, name), "-o", "json");
        List<String> numbers = new ArrayList<>();
        JsonMapper.builder()
                .build()
                .readTree(run.out())
                .get("revisions")
                .forEach(each -> numbers.add(each.get("number").asString()));
        return numbers;
    }

    private static String workload(String target, String name) {
        return "k8s:" + target + "/shop/Deployment/" + name;
    }

    /// `snowmelt declare watch` in this JVM.
    private final class Watching implements AutoCloseable {
        private final int port = RunningDetect.freePort();
        private final ExecutorService thread = Executors.newSingleThreadExecutor();
        private final Future<Run> run;

        Watching(String... options) {
            List<String> arguments = new ArrayList<>(List.of(
                    "declare",
                    "watch",
                    folder.toString(),
                    "--interval",
                    "1s",
                    "--http-port",
                    "" + port,
                    "--wait",
                    "60s"));
            arguments.addAll(List.of(options));
            run = thread.submit(() -> Run.with(environment, arguments.toArray(String[]::new)));
        }

        /// Empty as long as it does not listen yet.
        String get(String path) throws IOException, InterruptedException {
            try (var client = HttpClient.newHttpClient()) {
                var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build();
                return client.send(request, BodyHandlers.ofString()).body();
            } catch (ConnectException _) {
                return "";
            }
        }

        @Override
        public void close() {
            thread.shutdownNow(); // as good as Ctrl-C
            assertThat(run)
                    .succeedsWithin(Duration.ofSeconds(60))
                    .satisfies(ended -> assertThat(ended.err()).contains("Interrupted."));
        }
    }
}
