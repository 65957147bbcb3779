package dev.snowmelt.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.config.ConfigReader;
import dev.snowmelt.helm.Manifests.Pods;
import dev.snowmelt.schemas.text.Texts;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

/// The command takes the arguments and the configuration that the chart gives it.
class CommandTest {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\(([A-Z_]+)\\)");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void theCommandTakesItsArguments(String set) {
        for (Pods pods : Chart.render(set).pods()) {
            String[] arguments = container(pods).getArgs().toArray(String[]::new);

            CommandLine.ParseResult parsed = line().parseArgs(arguments);

            assertThat(parsed.asCommandLineList().size())
                    .as("%s runs 'snowmelt %s'", pods, String.join(" ", arguments))
                    .isGreaterThan(1);
            assertThat(parsed.unmatched()).isEmpty();
        }
    }

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void everyPodReadsItsConfigurationWithoutFault(String set) throws IOException {
        Manifests manifests = Chart.render(set);
        Set<String> members = new HashSet<>();
        for (Pods pods : manifests.pods()) {
            Config config = config(manifests, pods);

            assertThat(config.http().host()).isEqualTo("0.0.0.0");
            assertThat(config.stateDir()).hasToString("/var/lib/snowmelt");
            if (container(pods).getVolumeMounts().stream()
                    .anyMatch(mount -> mount.getMountPath().equals("/var/lib/snowmelt"))) {
                assertThat(members.add(config.member())).isTrue();
                assertThat(config.member()).matches("pod-of-[a-z-]+\\.[0-9a-f]{8}");
            }
        }
    }

    /// A setting that is new in the command needs a place in values.yaml, or a reason to have none.
    @Test
    void everySettingHasItsPlaceInTheChart() throws IOException {
        Set<String> placed = new HashSet<>();
        JsonNode values = Texts.trees(Files.readString(Chart.FOLDER.resolve("values.yaml")))
                .documents()
                .getFirst();
        values.get("config")
                .properties()
                .forEach(section -> section.getValue()
                        .properties()
                        .forEach(key -> placed.add(ConfigReader.variable(section.getKey() + "." + key.getKey()))));
        Set<String> ofTheChart = Set.of(
                "SNOWMELT_HTTP_HOST",
                "SNOWMELT_HTTP_PORT",
                "SNOWMELT_HTTP_ADMIN",
                "SNOWMELT_STATE_DIR",
                "SNOWMELT_MEMBER",
                "SNOWMELT_TRUST_KEYS",
                "SNOWMELT_TRUST_SIGNING_KEY",
                "SNOWMELT_REGISTRY_AUTH_FILE",
                "SNOWMELT_KAFKA_PROPERTIES_FILE",
                "SNOWMELT_KUBERNETES_LEASE_NAMESPACE");
        Set<String> notInACluster =
                Set.of("SNOWMELT_KUBERNETES_KUBECONFIG", "SNOWMELT_KUBERNETES_CONTEXT", "SNOWMELT_REGISTRY_INSECURE");

        assertThat(Settings.variables())
                .contains("SNOWMELT_KAFKA_BOOTSTRAP_SERVERS")
                .allMatch(variable -> placed.contains(variable)
                        || ofTheChart.contains(variable)
                        || notInACluster.contains(variable)
                        || variable.startsWith("SNOWMELT_AWS_")
                        || !variable.startsWith("SNOWMELT_"));
    }

    @Test
    void whatProductionSaysArrives() throws IOException {
        Manifests manifests = Chart.render("production");
        Config config = config(manifests, pods(manifests, "snowmelt-detector"));

        assertThat(config.kafka().partitions()).isEqualTo(24);
        assertThat(config.kubernetes().target()).hasToString("Optional[k8s:prod-eu]");
        assertThat(config.kubernetes().leaseNamespace()).isEqualTo("snowmelt");
        assertThat(config.detect().threads()).isEqualTo(4);
        assertThat(config.detect().standbyReplicas()).isEqualTo(1);
        assertThat(config.detect().contentMaxAge()).hasHours(12);
        assertThat(config.remediate().breakerPercent()).isEqualTo(20);
        assertThat(config.registry().authFile()).hasToString("Optional[/etc/snowmelt/registry/config.json]");
        assertThat(config.trust().keys()).containsExactly(Path.of("/etc/snowmelt/trust/ci.pub.pem"));
        assertThat(config.trust().signingKey()).hasToString("Optional[/etc/snowmelt/signing/key.pem]");
        mountsTheFolderOf("/etc/snowmelt/registry/config.json", manifests, "snowmelt-detector");
        mountsTheFolderOf("/etc/snowmelt/trust/ci.pub.pem", manifests, "snowmelt-detector");
        mountsTheFolderOf("/etc/snowmelt/signing/key.pem", manifests, "snowmelt-detector");
        mountsTheFolderOf("/etc/snowmelt/signing/key.pem", manifests, "snowmelt-declarations");
    }

    @Test
    void kafkaClientsAuthenticate() throws IOException {
        Manifests manifests = Chart.render("production");
        for (Pods pods : manifests.pods()) {
            Map<String, Object> client = config(manifests, pods).kafka().client();

            assertThat(client)
                    .containsEntry("security.protocol", "SASL_SSL")
                    .containsEntry("ssl.truststore.type", "PEM")
                    .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                    .containsEntry("ssl.endpoint.identification.algorithm", "https");
            var read = new AdminClientConfig(with(client, "bootstrap.servers", "localhost:1"));
            var line = Objects.requireNonNull((Password) read.values().get("sasl.jaas.config"));
            var context = JaasContext.loadClientContext(Map.of("sasl.jaas.config", line));
            assertThat(context.configurationEntries().getFirst().getOptions().toString())
                    .contains("username=value-of-username", "password=value-of-password");
            assertThat(container(pods).getVolumeMounts())
                    .anyMatch(mount -> mount.getMountPath().equals("/etc/snowmelt/kafka-tls"));
        }
        assertThat(secretOfTheUser(manifests, "snowmelt-detector")).isEqualTo("snowmelt-detector-user");
        assertThat(secretOfTheUser(manifests, "snowmelt-collector")).isEqualTo("snowmelt-user");
    }

    @Test
    void aWholePropertiesFileMayBeMounted() {
        Manifests manifests = Chart.render("minimal", "kafka: {propertiesSecret: {name: oauth}}");

        assertThat(manifests.snowmeltYaml()).contains("propertiesFile: /etc/snowmelt/kafka/client.properties");
        for (Pods pods : manifests.pods()) {
            assertThat(container(pods).getVolumeMounts())
                    .anyMatch(mount -> mount.getMountPath().equals("/etc/snowmelt/kafka"));
        }
    }

    @Test
    void aStrimziUserIsTakenAsItIs() {
        Manifests manifests = Chart.render(
                "minimal", "kafka: {sasl: {enabled: true, secret: {name: user, jaasKey: sasl.jaas.config}}}");

        assertThat(container(manifests.pods().getFirst()).getEnv())
                .filteredOn(each -> each.getName().equals("SNOWMELT_KAFKA_CLIENT_SASL_JAAS_CONFIG"))
                .extracting(each -> each.getValueFrom().getSecretKeyRef().getKey())
                .containsExactly("sasl.jaas.config");
    }

    @Test
    void eachAccountHasItsCollectorAndItsRoles() throws IOException {
        Manifests manifests = Chart.render("ec2");
        Config executing = config(manifests, pods(manifests, "snowmelt-remediator"));
        Pods second = pods(manifests, "snowmelt-ec2-210987654321-us-east-1");

        assertThat(executing.kubernetes().named()).isFalse();
        assertThat(executing.aws().targets())
                .extracting(
                        it -> it.target().toString(),
                        it -> it.roleArn().orElse("-"),
                        it -> it.externalId().orElse("-"))
                .containsExactly(
                        tuple("aws:123456789012:eu-west-1", "-", "-"),
                        tuple(
                                "aws:210987654321:us-east-1",
                                "arn:aws:iam::210987654321:role/snowmelt-executor",
                                "snowmelt"));
        assertThat(container(second).getArgs())
                .containsSubsequence("collect", "ec2", "--target", "aws:210987654321:us-east-1")
                .containsSubsequence("--role-arn", "arn:aws:iam::210987654321:role/snowmelt-collector")
                .containsSubsequence("--external-id", "snowmelt");
    }

    private static void mountsTheFolderOf(String file, Manifests manifests, String name) {
        String parent = String.valueOf(Path.of(file).getParent());
        assertThat(container(pods(manifests, name)).getVolumeMounts())
                .anyMatch(mount -> mount.getMountPath().equals(parent));
    }

    private static String secretOfTheUser(Manifests manifests, String name) {
        return container(pods(manifests, name)).getEnv().stream()
                .filter(each -> each.getName().equals("KAFKA_PASSWORD"))
                .findFirst()
                .orElseThrow()
                .getValueFrom()
                .getSecretKeyRef()
                .getName();
    }

    private static Pods pods(Manifests manifests, String name) {
        return manifests.pods().stream()
                .filter(each -> each.owner().getMetadata().getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Container container(Pods pods) {
        List<Container> containers = pods.template().getSpec().getContainers();
        assertThat(containers).hasSize(1);
        return containers.getFirst();
    }

    private static CommandLine line() {
        var nowhere = new PrintWriter(new StringWriter());
        return Snowmelt.commandLine(new Surroundings(nowhere, nowhere, Map.of(), InstantSource.system()));
    }

    private Config config(Manifests manifests, Pods pods) throws IOException {
        assertThat(environment(pods)).containsEntry("SNOWMELT_CONFIG", "/etc/snowmelt/snowmelt.yaml");
        assertThat(container(pods).getVolumeMounts())
                .anyMatch(mount -> mount.getMountPath().equals("/etc/snowmelt/snowmelt.yaml"));
        Path file = Files.writeString(folder.resolve("snowmelt.yaml"), manifests.snowmeltYaml());
        return Config.load(file, environment(pods), Map.of());
    }

    /// As the kubelet makes it, with stand-ins for what it would look up.
    private static Map<String, String> environment(Pods pods) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (EnvVar each : container(pods).getEnv()) {
            var from = each.getValueFrom();
            String value = from == null
                    ? each.getValue()
                    : from.getFieldRef() != null
                            ? "pod-of-" + pods.owner().getMetadata().getName()
                            : "value-of-" + from.getSecretKeyRef().getKey();
            environment.put(
                    each.getName(),
                    REFERENCE
                            .matcher(value)
                            .replaceAll(found ->
                                    Matcher.quoteReplacement(environment.getOrDefault(found.group(1), found.group()))));
        }
        return environment;
    }

    private static Map<String, Object> with(Map<String, Object> map, String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(map);
        more.put(key, value);
        return more;
    }
}
