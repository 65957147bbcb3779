package dev.snowmelt.helm.operate;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The rules that the chart brings, as Prometheus reads them.
final class AlertRules {
    static final Path FILE = Path.of("snowmelt/rules/snowmelt.rules.yaml");

    private AlertRules() {}

    /// One alert.
    ///
    /// @param holding how long its expression must hold
    record Alert(
            String group,
            String name,
            String expression,
            String holding,
            Map<String, String> labels,
            Map<String, String> annotations) {}

    static String text() {
        try {
            return Files.readString(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked") // the shape is promtool's to check
    static List<Alert> read() {
        Map<String, Object> file = new KubernetesSerialization().unmarshal(text(), Map.class);
        var alerts = new ArrayList<Alert>();
        for (Map<String, Object> group : (List<Map<String, Object>>) file.getOrDefault("groups", List.of())) {
            for (Map<String, Object> rule : (List<Map<String, Object>>) group.getOrDefault("rules", List.of())) {
                alerts.add(new Alert(
                        String.valueOf(group.get("name")),
                        String.valueOf(rule.get("alert")),
                        String.valueOf(rule.get("expr")),
                        String.valueOf(rule.getOrDefault("for", "0s")),
                        (Map<String, String>) rule.getOrDefault("labels", Map.of()),
                        (Map<String, String>) rule.getOrDefault("annotations", Map.of())));
            }
        }
        return alerts;
    }
}
