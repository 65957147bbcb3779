package dev.snowmelt.helm;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;

/// Rules and dashboards within a render: tested where they are written, and too long to be kept
/// twice.
final class Monitoring {
    private Monitoring() {}

    /// A render without their text: what is below `spec` of rules and `data` of dashboards.
    static String without(String rendered) {
        return Arrays.stream(rendered.split("(?m)^(?=---$)"))
                .map(Monitoring::shortened)
                .collect(joining());
    }

    private static String shortened(String document) {
        boolean rules = document.contains("\nkind: PrometheusRule\n");
        boolean grafana = document.contains("grafana_dashboard:") || document.contains("grafana_alert:");
        if (!rules && !grafana) {
            return document;
        }
        String from = rules ? "\nspec:\n" : "\ndata:\n";
        int at = document.indexOf(from);
        String name = rules
                ? ""
                : document.substring(at + from.length()).lines().findFirst().orElse("") + "\n";
        return document.substring(0, at + from.length()) + name + "    …\n";
    }
}
