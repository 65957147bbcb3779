package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.snowmelt.sandbox.cluster.AccessRule;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.registry.ImagePusher;
import dev.snowmelt.sandbox.registry.RegistryProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `scan --once` under the collector's rights of docs/rbac.yaml, without the Lease.
class OnceIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final String DIGEST = "sha256:" + "a".repeat(64);
    private static final String OTHER = "sha256:" + "b".repeat(64);
    private static final String IMAGE = "registry.example/shop/cart";

    @TempDir
    private Path folder;

    private SimulatedCluster cluster;
    private Path kubeconfig;

    @BeforeEach
    void startACluster() throws Exception {
        cluster = SimulatedCluster.builder().startDelay(Duration.ZERO).start();
        cluster.images().pushTag(IMAGE + ":1", DIGEST);
        cluster.images().pushTag(IMAGE + ":2", OTHER);
        cluster.workloads().deployment("shop", "cart", IMAGE + ":1@" + DIGEST, 5);
        cluster.workloads().deployment("test", "cart", IMAGE + ":2@" + OTHER, 2);
        cluster.awaitSettled(PATIENCE);
        cluster.user("looks", "looks", AccessRule.parse(clusterRole(), "none"));
        cluster.user("nobody", "nobody", List.of());
        kubeconfig = kubeconfig("looks");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void pinnedTemplatesAreCleanAndNothingIsLeftBehind() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Path out = folder.resolve("out");
        Process process = process(temporary, out, "--undeclared", "trust_template", "-o", "json");

        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        assertThat(process.exitValue()).as(() -> err(out)).isZero();
        JsonNode report = JsonMapper.shared().readTree(Files.readString(out));
        assertThat(report.get("result").stringValue()).isEqualTo("CLEAN");
        assertThat(report.at("/total/conformant").intValue()).isEqualTo(7);
        assertThat(report.at("/targets/0/target").stringValue()).isEqualTo("k8s:simulated");
        assertThat(left(temporary)).isEmpty();
        assertThat(cluster.ledger().all()).as("writes").isEmpty();
        assertThat(cluster.ledger().counts().keySet()).noneMatch(request -> request.contains("leases"));
    }

    @Test
    void whatIsDeclaredIsJudgedAndDriftIsExit2() throws Exception {
        String pod = cluster.podsOf("shop", "cart").getFirst().getMetadata().getName();
        cluster.editInPlace("shop", pod, "cart", IMAGE + ":2");
        cluster.awaitSettled(PATIENCE);
        Path declarations = Files.writeString(folder.resolve("cart.yaml"), """
                workload: k8s:simulated/shop/Deployment/cart
                spec:
                  containers: [{name: cart, image: "%s@%s"}]
                """.formatted(IMAGE, DIGEST));

        Run run = once("-f", declarations.toString(), "--namespace", "shop", "-o", "json");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        JsonNode report = JsonMapper.shared().readTree(run.out());
        assertThat(report.at("/total/conformant").intValue()).isEqualTo(4);
        assertThat(report.at("/total/drifted").intValue()).isEqualTo(1);
        assertThat(report.get("drifts").size()).isEqualTo(1);
        assertThat(report.at("/drifts/0/instance").stringValue()).contains("/" + pod + "/");
        assertThat(report.at("/drifts/0/drifts/0/kind").stringValue()).isEqualTo("IMAGE_MISMATCH");
    }

    /// The same pod must not be drift in a pipeline and conformant in production.
    @Test
    void registriesAreAskedAboutWhatNobodyDeclared() throws Exception {
        assumeTrue(
                "required".equals(System.getenv("SNOWMELT_TEST_REGISTRY"))
                        || RegistryProcess.program().isPresent(),
                "needs docker-registry: apt-get install docker-registry");
        try (var registry = RegistryProcess.open(Files.createDirectory(folder.resolve("registry")));
                var push = new ImagePusher(registry, "shop/cart")) {
            String repository = registry.name() + "/shop/cart";
            String declared = push.image("1", "cart 1", "first").digest();
            String again = push.image("", "cart 1", "again").digest();
            String other = push.image("", "cart 1 with a miner", "evil").digest();
            cluster.workloads().deployment("mirror", "cart", repository + "@" + declared, 2);
            cluster.awaitSettled(PATIENCE);
            List<String> pods = cluster.podsOf("mirror", "cart").stream()
                    .map(pod -> pod.getMetadata().getName())
                    .toList();
            Path declaration = Files.writeString(folder.resolve("mirror.yaml"), """
                    workload: k8s:simulated/mirror/Deployment/cart
                    spec:
                      containers: [{name: cart, image: "%s@%s"}]
                    """.formatted(repository, declared));
            String[] scan = {"-f", declaration.toString(), "--namespace", "mirror", "-o", "json"};
            Map<String, String> enabled = Map.of(
                    "SNOWMELT_REGISTRY_ENABLED", "true",
                    "SNOWMELT_REGISTRY_INSECURE", "true",
                    "DOCKER_CONFIG", folder.resolve("no-docker").toString());
            pods.forEach(pod -> cluster.editInPlace("mirror", pod, "cart", repository + "@" + again));
            cluster.awaitSettled(PATIENCE);

            Run told = once(enabled, scan);
            Run untold = once(scan);
            cluster.editInPlace("mirror", pods.getLast(), "cart", repository + "@" + other);
            cluster.awaitSettled(PATIENCE);
            Run drifted = once(enabled, scan);
            registry.stop();
            Run silent = once(enabled, append(scan, "--wait", "20s"));

            assertThat(told.exitCode()).as(told.out() + told.err()).isZero();
            assertThat(JsonMapper.shared()
                            .readTree(told.out())
                            .at("/total/conformant")
                            .intValue())
                    .isEqualTo(2);
            assertThat(untold.exitCode()).as(untold.out()).isEqualTo(2);
            assertThat(drifted.exitCode()).as(drifted.out() + drifted.err()).isEqualTo(2);
            assertThat(JsonMapper.shared()
                            .readTree(drifted.out())
                            .at("/drifts/0/instance")
                            .stringValue())
                    .contains("/" + pods.getLast() + "/");
            assertThat(silent.exitCode()).as(silent.out() + silent.err()).isEqualTo(3);
        }
    }

    /// Without a declaration no registry is asked, so that nobody's answer is waited for.
    @Test
    void whatATemplateLeavesOpenIsNotWaitedFor() throws Exception {
        cluster.workloads().daemonSet("agents", "log", IMAGE + ":1@" + DIGEST);
        cluster.awaitSettled(PATIENCE);
        String pod = cluster.podsOf("agents", "log").getFirst().getMetadata().getName();
        cluster.editInPlace("agents", pod, "log", IMAGE + ":2@" + OTHER);
        cluster.awaitSettled(PATIENCE);
        String[] scan = {"--undeclared", "trust_template", "--namespace", "agents", "--wait", "2m", "-o", "json"};
        long began = System.nanoTime();

        Run run = once(Map.of("SNOWMELT_REGISTRY_ENABLED", "true"), scan);

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(3);
        assertThat(JsonMapper.shared()
                        .readTree(run.out())
                        .at("/total/unverified")
                        .intValue())
                .isEqualTo(1);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(75));
    }

    private static String[] append(String[] arguments, String... more) {
        return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void declarationsThatNothingWasLookedAtForAreNeverClean() throws Exception {
        Path elsewhere = declaring("k8s:staging/shop/Deployment/cart");
        Path misspelt = declaring("k8s:simulated/shop/Deployment/crat");

        Run ofAnotherTarget = once("-f", elsewhere.toString());
        Run ofNothing = once("-f", misspelt.toString());

        assertThat(ofAnotherTarget.exitCode()).as(ofAnotherTarget.out()).isEqualTo(1);
        assertThat(ofAnotherTarget.err()).contains("--target k8s:staging");
        assertThat(ofNothing.exitCode()).as(ofNothing.out() + ofNothing.err()).isEqualTo(3);
        assertThat(ofNothing.out().replaceAll("\\s+", " "))
                .startsWith("Scan 0-0: INCOMPLETE")
                .contains("k8s:simulated/shop/Deployment/crat is declared, but nobody has seen it");
    }

    private Path declaring(String workload) throws IOException {
        return Files.writeString(
                folder.resolve(workload.replaceAll("[:/]", "-") + ".yaml"), """
                workload: %s
                spec:
                  containers: [{name: cart, image: "%s@%s"}]
                """.formatted(workload, IMAGE, OTHER));
    }

    @Test
    void aMissingRightIsIncompleteAndNamed() throws Exception {
        kubeconfig = kubeconfig("nobody");

        Run run = once("--wait", "40s");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
        assertThat(run.out()).startsWith("Scan: INCOMPLETE");
        assertThat(run.out().replaceAll("\\s+", " ")).contains("may not list").contains("grant list");
    }

    @Test
    void anApiServerThatDoesNotAnswerIsIncomplete() throws Exception {
        String text = Files.readString(kubeconfig).replace(cluster.masterUrl(), "http://127.0.0.1:1");
        Files.writeString(kubeconfig, text);

        Run run = once("--wait", "25s", "--output", "sarif");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
        assertThat(JsonMapper.shared()
                        .readTree(run.out())
                        .at("/runs/0/invocations/0/executionSuccessful")
                        .booleanValue())
                .isFalse();
    }

    @Test
    void aBadDeclarationOrKubeconfigIsAnErrorBeforeAnythingStarts() throws Exception {
        Path bad = Files.writeString(folder.resolve("bad.yaml"), "workload: nowhere\n");

        Run declaration = once("-f", bad.toString());
        Run config =
                Run.of("scan", "--once", "--kubeconfig", folder.resolve("none").toString());

        assertThat(declaration.exitCode()).isEqualTo(1);
        assertThat(declaration.err()).contains(bad.toString());
        assertThat(config.exitCode()).isEqualTo(1);
        assertThat(config.err()).contains("There is no readable kubeconfig");
    }

    @Test
    void nothingIsLeftBehindOnCtrlC() throws Exception {
        cluster.faults().latency("list", "pods", Duration.ofSeconds(30));
        cluster.faults().latency("watch", "pods", Duration.ofSeconds(30));
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        Process process = process(temporary, folder.resolve("out"));
        await().atMost(PATIENCE)
                .until(() -> left(temporary).stream().anyMatch(name -> name.startsWith("snowmelt-once")));

        // SIGINT, as Ctrl-C sends it; Process can only terminate.
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();

        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(left(temporary)).isEmpty();
    }

    private Run once(String... arguments) {
        return once(Map.of(), arguments);
    }

    private Run once(Map<String, String> environment, String... arguments) {
        String[] command = {"scan", "--once", "--kubeconfig", kubeconfig.toString()};
        return Run.with(environment, append(command, arguments));
    }

    private Process process(Path temporary, Path out, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + temporary,
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.snowmelt.cli.Snowmelt",
                "scan",
                "--once",
                "--kubeconfig",
                kubeconfig.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("err").toFile())
                .start();
    }

    private String err(Path out) {
        try {
            return Files.readString(out) + Files.readString(folder.resolve("err"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /// What lies in the temporary folder; `hsperfdata` is the JVM's own.
    private static List<String> left(Path temporary) throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("hsperfdata"))
                    .toList();
        }
    }

    private Path kubeconfig(String token) throws IOException {
        Path file = folder.resolve("kubeconfig-" + token);
        cluster.writeKubeconfig(file, token);
        return file;
    }

    /// The collector's ClusterRole alone.
    private static String clusterRole() throws IOException {
        try (InputStream in = OnceIT.class.getResourceAsStream("/rbac.yaml")) {
            String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Stream.of(all.split("(?m)^---$", -1))
                    .filter(document -> document.contains("snowmelt-collector") && !document.contains("leases"))
                    .collect(Collectors.joining("---\n"));
        }
    }
}
