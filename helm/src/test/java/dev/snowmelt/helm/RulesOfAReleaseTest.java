package dev.snowmelt.helm;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.snowmelt.helm.operate.Program;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/// A release asks for the roles that it runs, in its own installation, and for no others: those run
/// in another cluster.
class RulesOfAReleaseTest {
    private static final String NEVER = "vector(0) > 0";

    @TempDir
    private Path folder;

    @Test
    void everyRoleThatRunsIsAskedFor() {
        assertAsks(release(""), "detect", "plan", "execute k8s:test", "collect k8s:test");
    }

    @Test
    void soIsEachAccountAndWhatIsOptional() {
        assertAsks(
                release("ec2", "config: {registry: {enabled: true}}", ""),
                "detect",
                "resolve",
                "plan",
                "execute aws:123456789012:eu-west-1",
                "execute aws:210987654321:us-east-1",
                "collect aws:123456789012:eu-west-1",
                "collect aws:210987654321:us-east-1",
                "watch /etc/snowmelt/declarations");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            detector: {enabled: false}                 | plan, execute k8s:test, collect k8s:test
            remediator: {enabled: false}               | detect, collect k8s:test
            remediator: {replicas: 0}                  | detect, collect k8s:test
            config: {remediate: {planner: false}}      | detect, execute k8s:test, collect k8s:test
            collectors: {kubernetes: {enabled: false}} | detect, plan, execute k8s:test
            """)
    void whatIsDisabledHereIsNotMissed(String yaml, String roles) {
        assertAsks(release(yaml), roles.split(", ", -1));
    }

    @Test
    void aReleaseThatRunsNothingMissesNothing() {
        var release = release("""
                detector: {enabled: false}
                remediator: {enabled: false}
                collectors: {kubernetes: {enabled: false}}
                """);

        assertThat(prometheus(release)).contains(NEVER);
        assertThat(grafana(release)).contains(NEVER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            serviceMonitor: {enabled: true}                                        | job="snowmelt",namespace="snowmelt"
            selector: {env: prod}                                                  | env="prod"
            serviceMonitor: {enabled: true}, selector: {namespace: p, cluster: eu} | cluster="eu",namespace="p"
            """)
    void anotherInstallationDoesNotStandIn(String monitoring, String matchers) {
        var release = release("minimal", "remediator: {enabled: false}", monitoring);

        String absent = "absent_over_time(snowmelt_role_ready{%s,role=\"detect\"}[5m])"
                + " or absent_over_time(snowmelt_role_ready{%s,role=\"collect k8s:test\"}[5m])";
        String ready = "max by (namespace, job, role) (max_over_time(snowmelt_role_ready{%s}[6m])) == 0";
        assertThat(prometheus(release)).contains(absent.formatted(matchers, matchers), ready.formatted(matchers));
        assertThat(grafana(release)).contains(absent.formatted(matchers, matchers), ready.formatted(matchers));
    }

    @ParameterizedTest
    @FieldSource("dev.snowmelt.helm.Chart#SETS")
    void prometheusTakesWhatIsRendered(String set) throws Exception {
        promtool("check", rules(release(set, "", "serviceMonitor: {enabled: true}")));
    }

    /// The namespace of the release is `snowmelt`; `staging` is another's, in the same Prometheus.
    @Test
    void aReleaseThatNeverCameUpIsMissedWhereAnotherRuns() throws Exception {
        rules(release("minimal", "config: {remediate: {planner: false}}", "serviceMonitor: {enabled: true}"));
        Path cases = Files.writeString(folder.resolve("cases.yaml"), """
                rule_files: [rules.yaml]
                tests:
                  - interval: 30s
                    input_series:
                      - {series: 'snowmelt_role_ready{namespace="staging",job="snowmelt",role="detect"}', values: 1x60}
                      - {series: 'snowmelt_role_ready{namespace="staging",job="snowmelt",role="execute k8s:test"}', values: 1x60}
                      - {series: 'snowmelt_role_ready{namespace="snowmelt",job="snowmelt",role="collect k8s:test"}', values: 0x60}
                    promql_expr_test:
                      - expr: count by (alertname, namespace, job, role) (ALERTS{alertstate="firing"})
                        eval_time: 20m
                        exp_samples:
                          - {labels: '{alertname="RoleAbsent",namespace="snowmelt",job="snowmelt",role="detect"}', value: 1}
                          - {labels: '{alertname="RoleAbsent",namespace="snowmelt",job="snowmelt",role="execute k8s:test"}', value: 1}
                          - {labels: '{alertname="RoleNotReady",namespace="snowmelt",job="snowmelt",role="collect k8s:test"}', value: 1}
                """);

        promtool("test", cases);
    }

    private Path rules(Manifests release) throws IOException {
        Object rules = release.of(GenericKubernetesResource.class)
                .filter(each -> each.getKind().equals("PrometheusRule"))
                .findFirst()
                .orElseThrow()
                .get("spec");
        return Files.writeString(folder.resolve("rules.yaml"), new KubernetesSerialization().asYaml(rules));
    }

    private void promtool(String verb, Path file) throws Exception {
        assumeTrue(Program.absence().isEmpty(), () -> Program.absence().orElse(""));
        var said = Program.run(folder, Program.PROMTOOL, verb, "rules", file.toString());

        assertThat(said.exitCode()).as(said.output()).isZero();
    }

    private static void assertAsks(Manifests release, String... roles) {
        String expected = Stream.of(roles)
                .map(role -> "absent_over_time(snowmelt_role_ready{role=\"" + role + "\"}[5m])")
                .collect(joining(" or "));
        String ready = "max by (namespace, job, role) (max_over_time(snowmelt_role_ready[6m])) == 0";
        assertThat(prometheus(release)).contains(expected, ready);
        assertThat(grafana(release)).contains(expected, ready);
    }

    private static Manifests release(String yaml) {
        return release("minimal", yaml, "");
    }

    /// @param monitoring what is said there beside what asks for the rules
    private static Manifests release(String set, String yaml, String monitoring) {
        return Chart.render(set, """
                %s
                monitoring: {prometheusRule: {enabled: true}, grafana: {alerts: true}, %s}
                """.formatted(yaml, monitoring));
    }

    private static List<String> prometheus(Manifests release) {
        return expressions(release.of(GenericKubernetesResource.class)
                .filter(each -> each.getKind().equals("PrometheusRule"))
                .map(each -> each.get("spec")));
    }

    private static List<String> grafana(Manifests release) {
        return expressions(release.of(ConfigMap.class)
                .filter(each -> each.getMetadata().getLabels().containsKey("grafana_alert"))
                .flatMap(each -> each.getData().values().stream())
                .map(file -> new KubernetesSerialization().unmarshal(file, Map.class)));
    }

    private static List<String> expressions(Stream<?> files) {
        return files.flatMap(RulesOfAReleaseTest::found)
                .map(expression -> expression.strip().replaceAll("\\s+", " "))
                .toList();
    }

    /// Whatever is called `expr`, at any depth.
    private static Stream<String> found(Object node) {
        return switch (node) {
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .flatMap(each -> "expr".equals(each.getKey())
                                ? Stream.of(String.valueOf(each.getValue()))
                                : found(each.getValue()));
            case List<?> list -> list.stream().flatMap(RulesOfAReleaseTest::found);
            default -> Stream.empty();
        };
    }
}
