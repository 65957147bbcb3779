package dev.snowmelt.helm.operate;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The same alerts for Grafana's own alerting, as a file that it provisions. Prometheus'
/// expressions filter by themselves, so whatever they return fires. Its templates cannot query, so
/// what only a query tells is left out.
final class GrafanaAlerts {
    private static final Pattern QUERY = Pattern.compile("\\{\\{ *range query.*?\\{\\{ *end *}}");

    private GrafanaAlerts() {}

    static String render(List<AlertRules.Alert> alerts) {
        var out = new StringBuilder("""
                # Made of snowmelt.rules.yaml by AlertRulesTest (-Dgolden.write=true): change that file.
                # Grafana replaces $NAME by the environment: what is meant for its templates has two dollars. The data source's uid is "prometheus".
                apiVersion: 1
                groups:
                """);
        for (String group :
                alerts.stream().map(AlertRules.Alert::group).distinct().toList()) {
            out.append("""
                      - orgId: 1
                        name: %s
                        folder: Snowmelt
                        interval: 30s
                        rules:
                    """.formatted(group));
            alerts.stream().filter(alert -> alert.group().equals(group)).forEach(alert -> append(out, alert));
        }
        return out.toString();
    }

    private static void append(StringBuilder out, AlertRules.Alert alert) {
        String expression = alert.expression()
                .strip()
                .lines()
                .map(line -> "                " + line)
                .collect(joining("\n"));
        out.append("""
                      - uid: snowmelt-%s
                        title: %s
                        condition: C
                        data:
                          - refId: A
                            relativeTimeRange: {from: 600, to: 0}
                            datasourceUid: prometheus
                            model:
                              refId: A
                              instant: true
                              range: false
                              expr: |
                %s
                          - refId: C
                            relativeTimeRange: {from: 600, to: 0}
                            datasourceUid: __expr__
                            model:
                              refId: C
                              type: threshold
                              expression: A
                              datasource: {type: __expr__, uid: __expr__}
                              conditions: [{evaluator: {type: gt, params: [-1]}}]
                        for: %s
                        noDataState: OK
                        execErrState: Error
                        isPaused: false
                        labels:
                """.formatted(alert.name().toLowerCase(Locale.ROOT), alert.name(), expression, alert.holding()));
        alert.labels().forEach((name, value) -> out.append("          %s: %s\n".formatted(name, value)));
        out.append("        annotations:\n");
        alert.annotations()
                .forEach((name, value) -> out.append("          %s: \"%s\"\n".formatted(name, escaped(value))));
    }

    private static String escaped(String text) {
        return QUERY.matcher(text)
                .replaceAll("")
                .replace("{{ $value", "{{ $values.A.Value")
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("$", "$$");
    }
}
