package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What Packer, Terraform and Helm wrote, declared at a real registrar.
class SourcesIT {
    /// The files of module sources, as the tools wrote them; the README.md files beside them say which versions.
    private static final Path FILES = Path.of("../sources/src/test/resources/dev/snowmelt/sources");

    private static final String ACCOUNT = "aws:123456789012:eu-west-1";
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
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(new Topics("sources-it.", 3));
        }
        environment = Map.of(
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SNOWMELT_KAFKA_PREFIX",
                "sources-it.",
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
    void whatPackerBakedIsDeclaredForItsGroup() throws Exception {
        String workload = ACCOUNT + "/asg/baked";

        Run run = declare("--packer", file("packer/amazon.json"), "--packer-build", "web", "--workload", workload);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(container(workload).get("image").stringValue())
                .isEqualTo(imageOf(Files.readString(FILES.resolve("packer/amazon.json")), "eu-west-1"));
        assertThat(container(workload).get("baselineRoot").stringValue()).startsWith("9c5d1a3c");
    }

    @Test
    void aPolicyThatIsDeclaredStaysWhenOnlyImagesAreKnown() throws Exception {
        String workload = "k8s:prod-eu/packer/Deployment/cart";
        Path own = Files.writeString(folder.resolve("cart.yaml"), """
                workload: %s
                spec:
                  containers: [{name: cart, image: "registry.example/shop/cart@sha256:%s"}]
                  injected: [istio-proxy]
                  remediation: {mode: ENFORCE, maxUnavailable: "2"}
                """.formatted(workload, "a".repeat(64)));
        assertThat(declare("-f", own.toString()).exitCode()).isZero();

        Run run = declare(
                "--packer",
                file("packer/docker.json"),
                "--packer-build",
                "cart",
                "--workload",
                workload,
                "--container",
                "cart");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("only the config's digest is known");
        assertThat(container(workload).get("digests").get(0).stringValue()).startsWith("sha256:5754da68");
        assertThat(spec(workload).at("/remediation/mode").stringValue()).isEqualTo("ENFORCE");
        assertThat(spec(workload).get("injected").get(0).stringValue()).isEqualTo("istio-proxy");
    }

    @Test
    void aTerraformStateIsDeclaredWhenWhatItDoesNotSayMayBeSkipped() throws Exception {
        String[] state = {"--terraform", file("terraform/aws-state.json")};

        Run refused = declare(state);
        Run listed = Run.with(environment, "declare", "list", ACCOUNT, "-o", "json");
        Run skipped = declare(state[0], state[1], "--skip-unresolved");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .contains("Nothing was published; there are 4 faults:")
                .contains("aws_autoscaling_group.newest: runs version $Latest of aws_launch_template.api")
                .contains("--skip-unresolved");
        assertThat(listed.out()).as("nothing is half-declared").doesNotContain("asg/legacy");
        assertThat(skipped.exitCode()).as(skipped.err()).isZero();
        assertThat(skipped.err()).contains("not declared: ").contains("aws_autoscaling_group.newest");
        assertThat(container(ACCOUNT + "/asg/batch").toString())
                .isEqualTo("{\"name\":\"ami\",\"image\":\"ami-12c6146b\",\"digests\":[\"ami-785db401\"]}");
        assertThat(container(ACCOUNT + "/asg/web%2f0").get("image").stringValue())
                .isEqualTo("ami-12c6146b");
    }

    @Test
    void aTerraformPlanIsDeclaredFromStandardInput() throws Exception {
        byte[] plan = Files.readAllBytes(FILES.resolve("terraform/kubernetes-plan.json"));

        Run run = piped(plan, () -> declare("--terraform", "-", "--target", "k8s:plan", "--skip-unresolved"));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err())
                .contains(
                        "standard input: kubernetes_deployment_v1.cart: the image of container cart is known only after");
        assertThat(container("k8s:plan/shop/StatefulSet/store").get("image").stringValue())
                .endsWith("4".repeat(64));
    }

    @Test
    void whatHelmRendersIsPipedIn() throws Exception {
        byte[] rendered = Files.readAllBytes(FILES.resolve("manifest/rendered.yaml"));

        Run run = piped(rendered, () -> declare("--manifests", "-", "--target", "k8s:helm", "--namespace", "shop"));
        Run again = declare(
                "--manifests",
                FILES.resolve("manifest/rendered.yaml").toString(),
                "--target",
                "k8s:helm",
                "--namespace",
                "shop");

        Run diff = Run.with(
                environment,
                "declare",
                "diff",
                "--manifests",
                file("manifest/rendered.yaml"),
                "--target",
                "k8s:helm",
                "--namespace",
                "elsewhere");

        assertThat(diff.exitCode()).as("something would change").isEqualTo(2);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).contains("CronJob summer-nightly is not declared");
        assertThat(spec("k8s:helm/shop/Deployment/summer-cart")
                        .get("containers")
                        .toString())
                .contains("{\"name\":\"log-shipper\",\"image\":\"registry.example/shop/shipper:2@sha256:"
                        + "3".repeat(64) + "\",\"type\":\"INIT\"}");
        assertThat(container("k8s:helm/shop/DaemonSet/summer-agent").get("name").stringValue())
                .isEqualTo("agent");
        assertThat(again.out().lines().filter(line -> line.contains("unchanged")))
                .hasSize(3);
    }

    @Test
    void theFaultsOfAllSourcesAreToldAtOnceAndNothingIsDeclared() throws Exception {
        Path manifests = Files.createDirectory(folder.resolve("manifests"));
        Files.writeString(manifests.resolve("good.yaml"), """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: good, namespace: shop}
                spec: {template: {spec: {containers: [{name: a, image: "a@sha256:%s"}]}}}
                """.formatted("a".repeat(64)));
        Files.writeString(manifests.resolve("bad.yaml"), "apiVersion: apps/v1\nkind: Deployment\nkind: Pod\n");
        Files.writeString(manifests.resolve("empty.yaml"), "# nothing\n");

        Run run = declare(
                "--manifests",
                manifests.toString(),
                "--target",
                "k8s:faulty",
                "--terraform",
                file("terraform/raw.tfstate"),
                "--packer",
                folder.resolve("absent.json").toString(),
                "--workload",
                ACCOUNT + "/asg/web");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).first().isEqualTo("snowmelt: Nothing was published; there are 6 faults:");
        assertThat(run.err())
                .contains("absent.json: there is no such file")
                .contains("raw.tfstate: is Terraform's own state file")
                .contains("bad.yaml line 3, column 1: the key 'kind' is there twice")
                .contains("empty.yaml: holds no Kubernetes object");
        assertThat(Run.with(environment, "declare", "list", "k8s:faulty", "-o", "json")
                        .out())
                .doesNotContain("good");
    }

    @Test
    void aTagIsNotDeclared() throws Exception {
        byte[] tagged = """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: cart}
                spec: {template: {spec: {containers: [{name: a, image: "a:1"}]}}}
                """.getBytes(java.nio.charset.StandardCharsets.UTF_8);

        Run run = piped(tagged, () -> declare("--manifests", "-", "--target", "k8s:tagged"));

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .contains("k8s:tagged/default/Deployment/cart: a:1 names only a tag; add --resolve or pin the digest");
    }

    private static Run declare(String... arguments) {
        List<String> all = new ArrayList<>(List.of("declare"));
        all.addAll(Arrays.asList(arguments));
        return Run.with(environment, all.toArray(String[]::new));
    }

    private static Run piped(byte[] bytes, Callable<Run> run) throws Exception {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(bytes));
        try {
            return run.call();
        } finally {
            System.setIn(before);
        }
    }

    private static JsonNode container(String workload) {
        return spec(workload).get("containers").get(0);
    }

    private static JsonNode spec(String workload) {
        Run run = Run.with(environment, "declare", "get", workload, "-o", "json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        return JSON.readTree(run.out()).get("spec");
    }

    private static String file(String name) {
        return FILES.resolve(name).toString();
    }

    /// Of the last run's build `web`.
    private static String imageOf(String manifest, String region) throws IOException {
        JsonNode tree = JSON.readTree(manifest);
        String id = "";
        for (JsonNode build : tree.get("builds")) {
            if (build.get("name").stringValue().equals("web")
                    && build.get("packer_run_uuid").equals(tree.get("last_run_uuid"))) {
                id = build.get("artifact_id").stringValue();
            }
        }
        return Arrays.stream(id.split(","))
                .filter(part -> part.startsWith(region + ":"))
                .findFirst()
                .orElseThrow()
                .substring(region.length() + 1);
    }
}
