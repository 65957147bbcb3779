package dev.snowmelt.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.role.PlanRole;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
    @TempDir
    private Path folder;

    @Test
    void withoutAnythingThereAreDefaults() {
        Config config = Config.load(null, Map.of("XDG_STATE_HOME", "/var/state"), Map.of());

        assertThat(config.kafka().bootstrapServers()).isEqualTo("localhost:9092");
        assertThat(config.kafka().topics().proposals().name()).isEqualTo("snowmelt.proposals");
        assertThat(config.http()).isEqualTo(new Config.Http("127.0.0.1", 8080, false));
        assertThat(config.stateDir()).isEqualTo(Path.of("/var/state/snowmelt"));
        assertThat(config.kafka().replicationFactor()).isEqualTo(3);
        assertThat(config.kafka().minInSyncReplicas()).isEqualTo(2);
    }

    @Test
    void optionsWinOverTheEnvironmentAndThatOverTheFile() throws IOException {
        Path file = file("""
                kafka:
                  bootstrapServers: file:1
                  partitions: 3
                  prefix: file
                  client: {security.protocol: SSL, ssl: {keystore: {type: PEM}}}
                kubernetes: {namespaces: [shop, web], resync: 12m30s}
                """);

        Config config = Config.load(
                file,
                Map.of(
                        "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS", "variable:1",
                        "SNOWMELT_KAFKA_PARTITIONS", "4",
                        "SNOWMELT_KAFKA_CLIENT_SSL_KEYSTORE_TYPE", "JKS",
                        "SNOWMELT_SERVICE_HOST", "10.0.0.1"),
                Map.of("kafka.bootstrapServers", "option:1"));

        assertThat(config.kafka().bootstrapServers()).isEqualTo("option:1");
        assertThat(config.kafka().partitions()).isEqualTo(4);
        assertThat(config.kafka().prefix()).isEqualTo("file.");
        assertThat(config.kafka().client())
                .containsExactlyInAnyOrderEntriesOf(Map.of("security.protocol", "SSL", "ssl.keystore.type", "JKS"));
        assertThat(config.kubernetes().namespaces()).containsExactly("shop", "web");
        assertThat(config.kubernetes().resync()).isEqualTo(Duration.ofSeconds(750));
    }

    @Test
    void everyFaultIsToldAtOnceWithItsKey() throws IOException {
        Path file = file("""
                kafka: {partitions: 0, partitons: 3, replicationFactor: 2, minInSyncReplicas: 3}
                detect: {storage: DISK, threads: [1]}
                remediate: {dryRun: maybe}
                unheard: {of: 1}
                """);

        assertThatThrownBy(() -> Config.load(file, Map.of("SNOWMELT_HTTP_PORT", "tcp://1:2"), Map.of()))
                .isInstanceOfSatisfying(CliException.class, e -> {
                    assertThat(e.lines().getFirst()).isEqualTo("The configuration has 8 faults:");
                    assertThat(String.join("\n", e.lines()))
                            .contains("kafka.partitions: must be a whole number from 1 to 10000, not '0'")
                            .contains("kafka.minInSyncReplicas: must not be more than kafka.replicationFactor")
                            .contains("http.port (from SNOWMELT_HTTP_PORT): must be a whole number")
                            .contains("detect.storage: must be one of ROCKSDB, MEMORY, not 'DISK'")
                            .contains("detect.threads: must be one value")
                            .contains("remediate.dryRun: must be true or false, not 'maybe'")
                            .contains("kafka.partitons: unknown key; did you mean 'kafka.partitions'?")
                            .contains("unheard.of: unknown key");
                });
    }

    /// Alerts and the planner know how long ago the last snapshot was, not how long a collector waits.
    @Test
    void snapshotsAreNoRarerThanAlertsAndPlannerExpect() throws IOException {
        String why = ": must be 15m at most, not '%s': after 30 min without a snapshot the alert CollectorSilent fires";
        Path file = file("""
                kubernetes: {resync: 15m}
                aws: {targets: [{target: "aws:111111111111:eu-west-1", resync: 900s}]}
                """);

        assertThat(Config.load(file, Map.of(), Map.of()).kubernetes().resync()).isEqualTo(Duration.ofMinutes(15));
        assertThatThrownBy(() -> Config.load(
                        file,
                        Map.of("SNOWMELT_KUBERNETES_RESYNC", "1h", "SNOWMELT_AWS_TARGETS_0_RESYNC", "15m1s"),
                        Map.of()))
                .hasMessageContaining("kubernetes.resync (from SNOWMELT_KUBERNETES_RESYNC)" + why.formatted("1h"))
                .hasMessageContaining(
                        "aws.targets[0].resync (from SNOWMELT_AWS_TARGETS_0_RESYNC)" + why.formatted("15m1s"));
        assertThatThrownBy(() -> Config.load(null, Map.of("SNOWMELT_KUBERNETES_RESYNC", "0s"), Map.of()))
                .hasMessageContaining("must be longer than nothing");
    }

    @Test
    void clientsAreConfiguredByAPropertiesFileToo() throws IOException {
        Path secret = Files.writeString(folder.resolve("client.properties"), """
                bootstrap.servers=secret:1
                security.protocol=SASL_SSL
                sasl.mechanism=PLAIN
                sasl.jaas.config=org.example.Module required \\
                    password="p";
                """);
        Path file = file("kafka: {client: {sasl.mechanism: SCRAM-SHA-512}}\n");
        Map<String, String> environment = Map.of("SNOWMELT_KAFKA_PROPERTIES_FILE", secret.toString());

        Config config = Config.load(file, environment, Map.of());

        assertThat(config.kafka().client())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "security.protocol",
                        "SASL_SSL",
                        "sasl.mechanism",
                        "SCRAM-SHA-512",
                        "sasl.jaas.config",
                        "org.example.Module required password=\"p\";"));
        assertThat(config.kafka().bootstrapServers()).isEqualTo("secret:1");
        assertThat(config.kafka().named()).isTrue();
        assertThat(Config.load(file, environment, Map.of("kafka.bootstrapServers", "option:1"))
                        .kafka()
                        .bootstrapServers())
                .isEqualTo("option:1");
    }

    @Test
    void whatThePromisesRestOnIsNotSetFromOutside() throws IOException {
        Path secret = Files.writeString(folder.resolve("client.properties"), "isolation.level=read_uncommitted");
        Path file = file("kafka: {client: {application.id: x, bootstrap.servers: \"a:1\"}}\n");

        assertThatThrownBy(
                        () -> Config.load(file, Map.of("SNOWMELT_KAFKA_PROPERTIES_FILE", secret.toString()), Map.of()))
                .isInstanceOfSatisfying(
                        CliException.class,
                        e -> assertThat(e.lines())
                                .filteredOn(line -> line.contains("kafka."))
                                .hasSize(3)
                                .anyMatch(
                                        line -> line.contains("kafka.client.application.id: is Snowmelt's own to set"))
                                .anyMatch(line ->
                                        line.contains("kafka.propertiesFile: isolation.level: is Snowmelt's own"))
                                .anyMatch(line ->
                                        line.contains("bootstrap.servers: say kafka.bootstrapServers instead")));
        assertThatThrownBy(() ->
                        Config.load(null, Map.of("SNOWMELT_KAFKA_PROPERTIES_FILE", "/nowhere.properties"), Map.of()))
                .hasMessageContaining("kafka.propertiesFile: there is no file /nowhere.properties");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "producer.acks",
                "producer.transactional.id",
                "consumer.isolation.level",
                "main.consumer.group.id",
                "restore.consumer.isolation.level",
                "global.consumer.enable.auto.commit",
                "consumer.group.instance.id",
                "admin.bootstrap.servers"
            })
    void norForOneOfTheClientsAlone(String setting) throws IOException {
        Path file =
                file("kafka: {client: {" + setting + ": x, producer.linger.ms: 5, consumer.max.poll.records: 9}}\n");

        assertThatThrownBy(() -> Config.load(file, Map.of(), Map.of()))
                .isInstanceOfSatisfying(
                        CliException.class,
                        e -> assertThat(e.lines())
                                .filteredOn(line -> line.contains("kafka."))
                                .singleElement()
                                .asString()
                                .contains("kafka.client." + setting + ": "));
    }

    @Test
    void asManyTracesAsOneWants() throws IOException {
        assertThat(Config.load(null, Map.of(), Map.of()).otlp()).isEqualTo(new Otlp(Optional.empty(), 1));
        Path file = file("otlp: {endpoint: \"http://collector:4318\", sampleRatio: 0.05}\n");

        assertThat(Config.load(file, Map.of(), Map.of()).otlp())
                .isEqualTo(new Otlp(Optional.of(URI.create("http://collector:4318")), 0.05));
        for (String ratio : new String[] {"1.1", "-1", "NaN", "10%"}) {
            assertThatThrownBy(() -> Config.load(file, Map.of("SNOWMELT_OTLP_SAMPLE_RATIO", ratio), Map.of()))
                    .hasMessageContaining("otlp.sampleRatio (from SNOWMELT_OTLP_SAMPLE_RATIO): must be a number from 0"
                            + " to 1 such as '0.1', not '" + ratio + "'");
        }
    }

    @Test
    void whoeverRemediatesPlansUnlessItIsSaidOtherwise() throws IOException {
        assertThat(Config.load(null, Map.of(), Map.of()).remediate().planner()).isTrue();
        Config executing = Config.load(file("remediate: {planner: false}\n"), Map.of(), Map.of());

        assertThat(executing.remediate().planner()).isFalse();
        assertThat(PlanRole.where(executing, executing.kafka().topics(), new SimpleMeterRegistry()))
                .isEmpty();
    }

    @Test
    void brokenYamlSaysWhere() throws IOException {
        Path file = file("kafka: {partitions: 1\n");

        assertThatThrownBy(() -> Config.load(file, Map.of(), Map.of()))
                .hasMessageContaining(file + ": line ")
                .hasMessageContaining("not readable as YAML");
    }

    @Test
    void aMissingFileIsSaid() {
        assertThatThrownBy(() -> Config.load(folder.resolve("none.yaml"), Map.of(), Map.of()))
                .hasMessageContaining("There is no configuration file");
    }

    @Test
    void durationsSurviveTheirText() {
        for (String text : new String[] {"500ms", "0s", "90s", "10m", "1h30m", "7d", "2d3h"}) {
            Duration duration = DurationText.parse(text);
            assertThat(DurationText.parse(DurationText.print(duration)))
                    .as(text)
                    .isEqualTo(duration);
        }
        for (String text : new String[] {"", "1", "s", "1.5s", "-1s", "1 s", "1x"}) {
            assertThatThrownBy(() -> DurationText.parse(text)).as(text).hasMessageContaining("must be a duration");
        }
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("snowmelt.yaml"), text);
    }
}
