package dev.snowmelt.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

    private static Manifests release(boolean detector, boolean remediator) {
        return Chart.render("minimal", """
                detector: {enabled: %s}
                remediator: {enabled: %s}
                monitoring:
                  prometheusRule: {enabled: true}
                  grafana: {alerts: true}
                """.formatted(detector, remediator));
    }

    private static String prometheus(Manifests release) {
        Map<String, Object> spec = release.of(GenericKubernetesResource.class)
                .filter(each -> each.getKind().equals("PrometheusRule"))
                .findFirst()
                .orElseThrow()
                .get("spec");
        return rules(spec).stream()
                .filter(rule -> "RoleAbsent".equals(rule.get("alert")))
                .map(rule -> words(rule.get("expr")))
                .findFirst()
                .orElseThrow();
    }

    @SuppressWarnings("unchecked") // the shape is Grafana's
    private static String grafana(Manifests release) {
        String file = release.of(ConfigMap.class)
                .map(each -> each.getData().get("grafana-alerts.yaml"))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        Map<String, Object> provisioned = new KubernetesSerialization().unmarshal(file, Map.class);
        return rules(provisioned).stream()
                .filter(rule -> "RoleAbsent".equals(rule.get("title")))
                .map(rule -> ((List<Map<String, Map<String, Object>>>) rule.get("data")).getFirst())
                .map(query -> words(query.get("model").get("expr")))
                .findFirst()
                .orElseThrow();
    }

    @SuppressWarnings("unchecked") // the shape is Prometheus' and Grafana's
    private static List<Map<String, Object>> rules(Map<String, Object> file) {
        return ((List<Map<String, Object>>) file.get("groups"))
                .stream()
                        .flatMap(group -> ((List<Map<String, Object>>) group.get("rules")).stream())
                        .toList();
    }

    private static String words(Object expression) {
        return String.valueOf(expression).strip().replaceAll("\\s+", " ");
    }
}
