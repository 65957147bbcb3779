package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class SnowmeltTest {
    /// It asks nobody: no broker is there.
    @Test
    void rightsAreShownAsCallsOfKafkasTool() {
        Run run = Run.of(
                "topics",
                "acls",
                "--for",
                "remediate",
                "--principal",
                "User:mender",
                "--bootstrap-server",
                "kafka:9092");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .allMatch(line -> line.startsWith(
                        "kafka-acls.sh --bootstrap-server kafka:9092 --add --allow-principal User:mender"
                                + " --operation "))
                .anyMatch(line -> line.endsWith(" --operation Read --operation Write --topic snowmelt.commands"))
                .anyMatch(line -> line.endsWith(" --operation Read --group snowmelt.planner"))
                .anyMatch(line -> line.endsWith(
                        " --operation Write --transactional-id snowmelt.planner- --resource-pattern-type prefixed"))
                .anyMatch(line ->
                        line.endsWith(" --operation Write --operation DescribeConfigs --topic snowmelt.remediations"));
    }

    @Test
    void halfOfARoleHasRightsOfItsOwn() {
        assertThat(Run.of("topics", "acls", "--for", "execute").out()).doesNotContain("planner");
        assertThat(Run.of("topics", "acls", "--for", "collect-kubernetes").out())
                .contains("snowmelt.observations")
                .doesNotContain("--group");
    }

    @Test
    void rightsAreShownToPrograms() {
        Run run = Run.of("topics", "acls", "--for", "scan", "--output", "json");

        assertThat(run.exitCode()).isZero();
        assertThat(new JsonMapper().readTree(run.out()).get("acls"))
                .hasSize(4)
                .last()
                .hasToString("{\"principal\":\"User:snowmelt\",\"operation\":\"WRITE\",\"type\":\"TOPIC\","
                        + "\"pattern\":\"LITERAL\",\"name\":\"snowmelt.scan.requests\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "status --nonsense",
                "status nowhere",
                "status --output xml",
                "status --wait soon",
                "topics",
                "topics acls",
                "topics acls --for everything",
                "collect",
                "remediate --dry-run=maybe",
                "declare",
                "declare rollback",
                "declare rollback nonsense",
                "declare diff",
                "declare get k8s:prod-eu",
                "declare list nowhere",
                "declare history",
                "declare remove",
                "declare watch /nowhere",
                "declare watch . --prune",
                "declare watch . --name a/b",
                "declare watch . --name a --prune-limit all",
                "declare -f x --mode SOMETIMES",
                "pause",
                "pause k8s:prod-eu --all",
                "resume somewhere",
                "explain",
                "status --output sarif",
                "declare -f nowhere.yaml --output junit",
                "scan --target nowhere",
                "scan --target k8s:prod-eu/shop/Deployment/cart",
                "scan --workload k8s:prod-eu",
                "scan --limit 0",
                "scan --after nowhere",
                "scan --target k8s:prod-us --workload k8s:prod-eu/shop/Deployment/cart",
                "scan --limit 1001",
                "scan --output xml",
                "scan --save junit",
                "scan --save junit=/nowhere/at/all.xml",
                "scan extra",
                "scan -f declarations",
                "scan --kubeconfig config --namespace shop",
                "scan --once --bootstrap-server localhost:9092",
                "scan --once --undeclared maybe",
                "scan --profile prod",
                "scan --once --target aws:123456789012:eu-west-1 --context staging",
                "scan --once --workload aws:123456789012:eu-west-1/asg/web --namespace shop",
                "scan --once --target aws:123456789012:eu-west-1 --target aws:123456789012:us-east-1"
            })
    void whatIsMisusedExitsWith64(String arguments) {
        Run run = Run.of(arguments.isEmpty() ? new String[0] : arguments.split(" "));

        assertThat(run.exitCode()).isEqualTo(64);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("snowmelt: ");
        assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scan",
                "status",
                "explain",
                "pause",
                "resume",
                "declare",
                "declare rollback",
                "declare get",
                "up",
                "collect ec2",
                "remediate"
            })
    void helpHasAnExampleOfAnAccount(String command) {
        assertThat(Run.of((command + " --help").split(" ")).out())
                .containsPattern("(?m)^  .*aws:123456789012:eu-west-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "topics create --help",
                "declare --help",
                "declare rollback --help",
                "declare diff --help",
                "declare get --help",
                "declare list --help",
                "declare history --help",
                "declare remove --help",
                "declare watch --help",
                "status --help",
                "explain --help",
                "pause --help",
                "resume --help",
                "detect --help",
                "remediate --help",
                "collect kubernetes --help",
                "collect ec2 --help",
                "up --help",
                "demo --help",
                "scan --help"
            })
    void helpFitsAHundredColumnsAndHasExamples(String arguments) {
        Run run = Run.of(arguments.split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(run.out()).contains("--bootstrap-server");
        if (!arguments.equals("--help")) {
            assertThat(run.out()).contains("Examples:");
        }
    }

    @Test
    void versionIsTold() {
        assertThat(Run.of("--version").out()).startsWith("snowmelt ");
    }

    @Test
    void anUnreachableKafkaIsOneLine() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }

        Run run = Run.of("status", "--bootstrap-server", "127.0.0.1:" + closed, "--wait", "1s");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines())
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .isEqualTo(
                                "snowmelt: Kafka at 127.0.0.1:" + closed + " does not answer (no answer within 5 s)."));
    }

    @Test
    void aPortInUseIsOneLine(@TempDir Path stateDir) throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path config = Files.writeString(stateDir.resolve("snowmelt.yaml"), "stateDir: " + stateDir);

            Run run = Run.of("detect", "--config", config.toString(), "--http-port", "" + socket.getLocalPort());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err().lines())
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("snowmelt: Port " + socket.getLocalPort() + " on 127.0.0.1 cannot be used"));
        }
    }

    @Test
    void everyFaultOfAllFilesIsListedAndNothingIsPublished(@TempDir Path folder) throws IOException {
        Path first = Files.writeString(folder.resolve("a.yaml"), """
                workload: k8s:prod-eu/shop/CronJob/cart
                spec:
                  containers:
                    - {name: cart, imgae: "cart:1"}
                    - {name: web, digests: ["sha256:123"]}
                  remediation: {mode: ENFORCE, maxUnavailable: 120%}
                ---
                workload: k8s:prod-eu/shop/Deployment/web
                specification: {}
                """);
        Path second = Files.writeString(folder.resolve("b.yaml"), "workload: [\n");

        Run run = Run.of("declare", "-f", folder.toString(), "--bootstrap-server", "127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines().findFirst()).contains("snowmelt: Nothing was published; there are 7 faults:");
        assertThat(run.err())
                .contains(first + " document 1: spec.containers[0].imgae: unknown key; did you mean 'image'?")
                .contains(first + " document 1: workload: 'CronJob' is no kind of workload")
                .contains(first + " document 1: spec.containers[1].digests[0]: must be 'sha256:'")
                .contains(first + " document 1: spec.remediation.maxUnavailable: must be a number from 1 or a share")
                .contains(first + " document 2: specification: unknown key")
                .contains(second + ": line ");
    }

    @Test
    void declaringNothingIsAnError(@TempDir Path folder) throws IOException {
        Path empty = Files.writeString(folder.resolve("empty.yaml"), "# nothing\n");

        Run run = Run.of("declare", "-f", empty.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains(empty + ": holds no declaration");
    }
}
