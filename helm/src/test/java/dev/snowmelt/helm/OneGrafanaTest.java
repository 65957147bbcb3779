package dev.snowmelt.helm;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Two releases of the same name give their alerts to one Grafana. Its sidecar keeps files by data
/// key, Grafana keeps rules by uid (of 40 characters at most) and, in older versions, by title in a
/// folder: what differs by release must not be written over by the other's.
class OneGrafanaTest {
    private static final String VALUES = """
            monitoring:
              serviceMonitor: {enabled: true}
              grafana: {dashboards: true, alerts: true, namespace: grafana}
            %s
            """;
    private static final Manifests PRODUCTION = Chart.render("minimal", "production", VALUES.formatted(""));
    private static final Manifests STAGING =
            Chart.render("minimal", "staging", VALUES.formatted("remediator: {enabled: false}"));

    /// @param asked of which data it is made, as text
    private record Rule(String uid, String title, String group, String asked) {
        boolean ofARelease() {
            return asked.contains("namespace=\"");
        }
    }

    @Test
    void neitherHasAFileOrAnObjectOfTheOther() {
        assertThat(alerts(PRODUCTION).getData()).containsOnlyKeys("grafana-alerts.production.snowmelt.yaml");
        assertThat(alerts(STAGING).getData()).containsOnlyKeys("grafana-alerts.staging.snowmelt.yaml");
        assertThat(names(PRODUCTION)).hasSize(5).doesNotContainAnyElementsOf(names(STAGING));
    }

    @Test
    void inTheirOwnNamespacesNamesAreShort() {
        String own = VALUES.replace(", namespace: grafana", "").formatted("");

        assertThat(Chart.render("minimal", "staging", own)
                        .of(ConfigMap.class)
                        .map(each -> each.getMetadata().getName()))
                .contains("snowmelt-grafana-alerts", "snowmelt-dashboard-snowmelt-fleet");
    }

    @Test
    void whatAReleaseAsksIsAskedForBoth() {
        List<Rule> production =
                rules(PRODUCTION).stream().filter(Rule::ofARelease).toList();
        List<Rule> staging = rules(STAGING).stream().filter(Rule::ofARelease).toList();

        assertThat(production)
                .extracting(Rule::title)
                .containsExactly("RoleNotReady (production/snowmelt)", "RoleAbsent (production/snowmelt)");
        assertThat(staging)
                .extracting(Rule::title)
                .containsExactly("RoleNotReady (staging/snowmelt)", "RoleAbsent (staging/snowmelt)");
        assertThat(Stream.concat(production.stream(), staging.stream()))
                .extracting(Rule::uid)
                .doesNotHaveDuplicates()
                .allMatch(uid -> uid.matches("snowmelt-[a-z]+-[0-9a-f]{8}") && uid.length() <= 40);
        assertThat(groups(production)).hasSize(1).doesNotContainAnyElementsOf(groups(staging));
    }

    @Test
    void everyOtherRuleIsTheSameInBoth() {
        var production = shared(PRODUCTION);

        assertThat(production).hasSizeGreaterThan(8).isEqualTo(shared(STAGING));
        assertThat(production.values())
                .extracting(Rule::group)
                .containsOnly("snowmelt-fleet", "snowmelt-pipeline")
                .doesNotContainAnyElementsOf(groups(
                        rules(PRODUCTION).stream().filter(Rule::ofARelease).toList()));
    }

    private static Map<String, Rule> shared(Manifests release) {
        return rules(release).stream().filter(rule -> !rule.ofARelease()).collect(toMap(Rule::uid, rule -> rule));
    }

    private static List<String> groups(List<Rule> rules) {
        return rules.stream().map(Rule::group).distinct().toList();
    }

    @SuppressWarnings("unchecked")
    private static List<Rule> rules(Manifests release) {
        String file = alerts(release).getData().values().iterator().next();
        Map<String, Object> read = new KubernetesSerialization().unmarshal(file, Map.class);
        return ((List<Map<String, Object>>) read.getOrDefault("groups", List.of()))
                .stream()
                        .flatMap(group -> ((List<Map<String, Object>>) group.getOrDefault("rules", List.of()))
                                .stream().map(rule -> rule(String.valueOf(group.get("name")), rule)))
                        .toList();
    }

    private static Rule rule(String group, Map<String, Object> rule) {
        return new Rule(
                String.valueOf(rule.get("uid")),
                String.valueOf(rule.get("title")),
                group,
                String.valueOf(rule.get("data")));
    }

    private static ConfigMap alerts(Manifests release) {
        return release.of(ConfigMap.class)
                .filter(each -> each.getMetadata().getLabels().containsKey("grafana_alert"))
                .findFirst()
                .orElseThrow();
    }

    /// Of the objects in Grafana's namespace.
    private static Set<String> names(Manifests release) {
        return release.of(ConfigMap.class)
                .filter(each -> "grafana".equals(each.getMetadata().getNamespace()))
                .collect(toMap(each -> each.getMetadata().getName(), each -> each))
                .keySet();
    }
}
