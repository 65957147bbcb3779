package dev.snowmelt.helm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.cli.config.Config;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// What can be told of deploy/compose.yaml without its images: that it is whole, and that Snowmelt
/// understands its part.
class ComposeTest {
    private static final Path FOLDER = Path.of("../deploy").toAbsolutePath().normalize();
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(?::-([^}]*))?}");
    private static final Map<String, Object> COMPOSE = yaml(FOLDER.resolve("compose.yaml"));
    private static final Map<String, Map<String, Object>> SERVICES = map(COMPOSE.get("services"));

    @Test
    void whatIsMountedIsThere() {
        Set<String> volumes = map(COMPOSE.get("volumes")).keySet();
        SERVICES.forEach((name, service) -> list(service.get("volumes")).forEach(mount -> {
            String source = VARIABLE.matcher(mount).replaceAll("variable").replaceAll(":.*", "");
            if (source.startsWith(".")) {
                assertThat(FOLDER.resolve(source)).as("%s mounts it", name).exists();
                assertThat(mount).as("%s only reads it", name).endsWith(":ro");
            } else {
                assertThat(source).isIn(with(volumes, "variable"));
            }
        }));
    }

    @Test
    void nothingIsOpenToTheNetworkAndNoPortIsTakenTwice() {
        List<String> ports = SERVICES.values().stream()
                .flatMap(service -> list(service.get("ports")).stream())
                .toList();

        assertThat(ports).isNotEmpty().allMatch(port -> port.startsWith("127.0.0.1:"));
        assertThat(ports.stream().map(port -> port.replaceAll(".*:([0-9]+):.*", "$1")))
                .doesNotHaveDuplicates();
    }

    @Test
    void snowmeltKnowsItsSettings() throws IOException {
        for (String name : List.of("topics", "snowmelt")) {
            Map<String, String> environment = new LinkedHashMap<>();
            map(service(name).get("environment"))
                    .forEach((key, value) -> environment.put(
                            key,
                            VARIABLE.matcher(String.valueOf(value))
                                    .replaceAll(found ->
                                            Matcher.quoteReplacement(found.group(2) == null ? "" : found.group(2)))));
            Set<String> known = Settings.variables();
            assertThat(environment.keySet()).as("of %s", name).isSubsetOf(known);

            Config config = Config.load(null, environment, Map.of());
            assertThat(config.kafka().bootstrapServers()).isEqualTo("kafka:19092");
            assertThat(config.http().host()).isEqualTo("0.0.0.0");

            var nowhere = new PrintWriter(new StringWriter());
            var line = Snowmelt.commandLine(new Surroundings(nowhere, nowhere, Map.of(), InstantSource.system()));
            assertThat(line.parseArgs(list(service(name).get("command")).toArray(String[]::new))
                            .unmatched())
                    .isEmpty();
        }
    }

    @Test
    void snowmeltRunsWithNoMoreThanItNeeds() {
        for (String name : List.of("topics", "snowmelt")) {
            assertThat(service(name))
                    .containsEntry("read_only", true)
                    .containsEntry("user", "65532:65532")
                    .containsEntry("cap_drop", List.of("ALL"));
        }
    }

    @Test
    void everybodyFindsTheOthers() throws IOException {
        assertThat(Files.readString(FOLDER.resolve("prometheus/prometheus.yaml")))
                .contains("snowmelt:8080");
        assertThat(Files.readString(FOLDER.resolve("grafana/provisioning/datasources/prometheus.yaml")))
                .contains("http://prometheus:9090");
        assertThat(String.valueOf(map(service("kafka").get("environment")).get("KAFKA_ADVERTISED_LISTENERS")))
                .contains("://kafka:19092");
        SERVICES.forEach((name, service) -> {
            Object needed = service.get("depends_on");
            Set<String> names = needed instanceof List<?> each
                    ? Set.copyOf(list(each))
                    : needed == null ? Set.of() : map(needed).keySet();
            assertThat(SERVICES.keySet()).as("%s depends on them", name).containsAll(names);
        });
    }

    @Test
    void prometheusAndGrafanaReadWhatTheChartCarries() {
        assertThat(list(service("prometheus").get("volumes")))
                .contains("../helm/snowmelt/rules:/etc/prometheus/rules:ro");
        assertThat(yaml(FOLDER.resolve("prometheus/prometheus.yaml")).get("rule_files"))
                .isEqualTo(List.of("/etc/prometheus/rules/*.rules.yaml"));
        String provider = yaml(FOLDER.resolve("grafana/provisioning/dashboards/snowmelt.yaml"))
                .toString();
        assertThat(provider).contains("path=/var/lib/grafana/dashboards");
        assertThat(list(service("grafana").get("volumes")))
                .contains("../helm/snowmelt/dashboards:/var/lib/grafana/dashboards:ro");
    }

    private static Map<String, Object> yaml(Path file) {
        try {
            // Merge keys (<<) are of YAML 1.1; compose reads them, this reader does not.
            Object read = new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
            return merged(map(read));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> merged(Map<String, Object> map) {
        Map<String, Object> all = new LinkedHashMap<>();
        if (map.get("<<") instanceof Map<?, ?> base) {
            all.putAll(merged(map(base)));
        }
        map.forEach((key, value) -> {
            if (!key.equals("<<")) {
                all.put(key, value instanceof Map<?, ?> inner ? merged(map(inner)) : value);
            }
        });
        return all;
    }

    @SuppressWarnings("unchecked")
    private static <V> Map<String, V> map(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, V>) value;
    }

    private static Map<String, Object> service(String name) {
        return Objects.requireNonNull(SERVICES.get(name), name);
    }

    private static List<String> list(@Nullable Object value) {
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    private static Set<String> with(Set<String> set, String more) {
        return Stream.concat(set.stream(), Stream.of(more)).collect(Collectors.toSet());
    }
}
