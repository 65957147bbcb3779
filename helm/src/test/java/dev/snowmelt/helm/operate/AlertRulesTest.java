package dev.snowmelt.helm.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.snowmelt.helm.operate.AlertRules.Alert;
import dev.snowmelt.remediator.plan.OpenFinding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Alert rules and dashboards hold together with their runbooks, with each other, and with the
/// words of the planner.
class AlertRulesTest {
    private static final Path GRAFANA = Path.of("snowmelt/rules/grafana-alerts.yaml");
    private static final Path CASES = Path.of("src/test/rules/snowmelt.test.yaml");
    private static final Pattern REASONS = Pattern.compile("reason[!=]~\"([a-z_|]+)\"");

    static Stream<Alert> alerts() {
        return AlertRules.read().stream();
    }

    @Test
    void prometheusTakesTheRulesAndTheirCasesHold() throws Exception {
        assumeTrue(Program.absence().isEmpty(), () -> Program.absence().orElse(""));
        Path here = Path.of("target");
        var check = Program.run(
                here,
                Program.PROMTOOL,
                "check",
                "rules",
                AlertRules.FILE.toAbsolutePath().toString());
        var cases = Program.run(
                here, Program.PROMTOOL, "test", "rules", CASES.toAbsolutePath().toString());

        assertThat(check.exitCode()).as(check.output()).isZero();
        assertThat(cases.exitCode()).as(cases.output()).isZero();
    }

    @ParameterizedTest
    @MethodSource("alerts")
    void eachAlertSaysWhatToDo(Alert alert) throws Exception {
        Path runbook = Path.of("../docs/runbooks", alert.name() + ".md");

        assertThat(alert.labels().get("severity")).isIn("critical", "warning", "info");
        assertThat(alert.annotations().get("summary")).containsPattern("\\{\\{ *\\$(labels|value)");
        assertThat(alert.annotations().get("runbook_url")).endsWith("/runbooks/" + alert.name());
        assertThat(Files.readString(runbook)).contains("**What it means.**", "**Look**", "**Do**", "**It ends**");
        assertThat(Files.readString(CASES)).contains("alertname: " + alert.name());
    }

    @Test
    void thereIsNoRunbookWithoutAnAlert() throws Exception {
        try (Stream<Path> pages = Files.list(Path.of("../docs/runbooks"))) {
            assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
                    .containsExactlyInAnyOrderElementsOf(
                            alerts().map(Alert::name).toList());
        }
    }

    @Test
    void everyReasonThatARuleNamesIsOneOfThePlanners() {
        assertThat(alerts().flatMap(alert -> REASONS.matcher(alert.expression()).results())
                        .flatMap(found -> Arrays.stream(found.group(1).split("\\|", -1))))
                .isNotEmpty()
                .allMatch(OpenFinding.reasons()::contains);
    }

    @Test
    void grafanaProvisionsTheSameAlerts() throws Exception {
        String rendered = GrafanaAlerts.render(AlertRules.read());
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(GRAFANA, rendered);
        }

        assertThat(Files.readString(GRAFANA)).isEqualTo(rendered);
    }

    @Test
    void dashboardsChooseTheirDataSource() {
        assertThat(Dashboards.all()).hasSize(4).allSatisfy(dashboard -> {
            assertThat(dashboard.get("schemaVersion").intValue()).isGreaterThanOrEqualTo(39);
            assertThat(dashboard.get("templating").get("list").valueStream())
                    .anyMatch(variable -> variable.get("type").stringValue().equals("datasource"));
            assertThat(dashboard.get("panels").valueStream().filter(panel -> panel.has("targets")))
                    .allSatisfy(panel -> {
                        assertThat(panel.get("description").stringValue()).isNotBlank();
                        assertThat(panel.get("targets").valueStream())
                                .extracting(AlertRulesTest::source)
                                .containsOnly("${datasource}");
                    });
        });
    }

    private static String source(JsonNode target) {
        return target.get("datasource").get("uid").stringValue();
    }
}
