package dev.snowmelt.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A release asks for the roles that it runs, and for no others: those run in another cluster.
class RulesOfAReleaseTest {
    private static final String DETECT = "absent_over_time(snowmelt_role_ready{role=\"detect\"}[5m])";
    private static final String PLAN = "absent_over_time(snowmelt_role_ready{role=\"plan\"}[5m])";
    private static final String NEVER = "vector(0) > 0";

    @Test
    void bothRolesAreAskedForWhereBothRun() {
        var release = release(true, true);

        assertThat(prometheus(release)).isEqualTo(DETECT + " or " + PLAN);
        assertThat(grafana(release)).isEqualTo(DETECT + " or " + PLAN);
    }

    @ParameterizedTest
    @CsvSource({"false,true", "true,false", "false,false"})
    void aDisabledRoleIsNotMissed(boolean detector, boolean remediator) {
        var release = release(detector, remediator);

        String expected = detector ? DETECT : remediator ? PLAN : NEVER;
        assertThat(prometheus(release)).isEqualTo(expected);
        assertThat(grafana(release)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aPlannerThatIsInAnotherClusterIsNotMissed(boolean detector) {
        var release = release(detector, true, false);

        assertThat(prometheus(release)).isEqualTo(detector ? DETECT : NEVER);
        assertThat(grafana(release)).isEqualTo(detector ? DETECT : NEVER);
    }

    private static Manifests release(boolean detector, boolean remediator) {
        return release(detector, remediator, true);
    }

    private static Manifests release(boolean detector, boolean remediator, boolean planner) {
        return Chart.render("minimal", """
                config: {remediate: {planner: %s}}
                detector: {enabled: %s}
                remediator: {enabled: %s}
                monitoring:
                  prometheusRule: {enabled: true}
                  grafana: {alerts: true}
                """.formatted(planner, detector, remediator));
    }

    private static String prometheus(Manifests release) {
        return roleAbsent(release.of(GenericKubernetesResource.class)
                .filter(each -> each.getKind().equals("PrometheusRule"))
                .map(each -> each.get("spec")));
    }

    private static String grafana(Manifests release) {
        return roleAbsent(release.of(ConfigMap.class)
                .map(each -> each.getData().get("grafana-alerts.yaml"))
                .filter(Objects::nonNull)
                .map(file -> new KubernetesSerialization().unmarshal(file, Map.class)));
    }

    private static String roleAbsent(Stream<?> files) {
        List<String> found = files.flatMap(RulesOfAReleaseTest::expressions)
                .map(expression -> expression.strip().replaceAll("\\s+", " "))
                .filter(expression -> expression.contains("absent_over_time") || expression.equals(NEVER))
                .toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    /// Whatever is called `expr`, at any depth.
    private static Stream<String> expressions(Object node) {
        return switch (node) {
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .flatMap(each -> "expr".equals(each.getKey())
                                ? Stream.of(String.valueOf(each.getValue()))
                                : expressions(each.getValue()));
            case List<?> list -> list.stream().flatMap(RulesOfAReleaseTest::expressions);
            default -> Stream.empty();
        };
    }
}
