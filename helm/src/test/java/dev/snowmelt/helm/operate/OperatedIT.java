package dev.snowmelt.helm.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import dev.snowmelt.helm.operate.Prometheus.Notice;
import dev.snowmelt.sandbox.cluster.AccessRule;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `snowmelt up` on a simulated cluster, scraped by a real Prometheus with the rules that the chart
/// brings, beside a real Alertmanager: what goes wrong there is told to a webhook, and that it is
/// over; every query of every dashboard and rule has an answer; docs/metrics.md tells of every
/// meter, and of no other.
class OperatedIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TARGET = "k8s:operated";
    private static final String CART = TARGET + "/shop/Deployment/cart";
    private static final String DIGEST = "sha256:" + "a".repeat(64);
    private static final String OTHER = "sha256:" + "b".repeat(64);
    private static final String IMAGE = "registry.example/shop/app:1";
    /// So many that what is broken below is no share that opens the breaker.
    private static final int REPLICAS = 10;

    private static final int OF_SEARCH = 3;
    private static final int INSTANCES = 3 * REPLICAS + OF_SEARCH;
    /// A quarter of an hour is too long for a test; promtool's cases look at the real one.
    private static final String QUARTER = "> 300\n        for: 10m\n";

    private static final Pattern SELECTOR = Pattern.compile("(?:snowmelt|kafka|jvm|process)_[a-z_]+(?:\\{[^}]*})?");

    @TempDir
    private Path folder;

    private final StringWriter said = new StringWriter();
    private Map<String, String> environment = Map.of();

    @Test
    void aSnowflakeIsToldAndItsEndAndNoPanelIsEmpty() throws Exception {
        assumeTrue(Program.absence().isEmpty(), () -> Program.absence().orElse(""));
        int port = Program.freePort();
        try (var cluster = cluster();
                var prometheus = new Prometheus(folder, port, rules())) {
            Thread up = up(cluster, port);
            try {
                run(cluster, prometheus);
                String scrape = Scrape.text(port);
                Files.writeString(Path.of("target/scrape.txt"), scrape);
                assertAll(
                        () -> roles(prometheus),
                        () -> dashboards(prometheus),
                        () -> alerts(prometheus),
                        () -> table(scrape),
                        () -> bounded(scrape));
            } finally {
                up.interrupt();
                up.join(Duration.ofSeconds(30));
            }
        }
    }

    private void run(SimulatedCluster cluster, Prometheus prometheus) throws Exception {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(prometheus.value("sum(snowmelt_planner_instances{target=\"" + TARGET + "\"})"))
                                .as("%s", said)
                                .isEqualTo(INSTANCES));
        declare();
        assertThat(execute("declare", "-f", refused().toString())).isNotZero();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(prometheus.value("sum(snowmelt_planner_instances{verdict=\"conformant\"})"))
                                .as("%s", said)
                                .isEqualTo(INSTANCES));

        edit(cluster, "cart");
        edit(cluster, "web");
        edit(cluster, "orders");
        cluster.workloads().setTemplateImage("Deployment", "shop", "search", "registry.example/shop/app:2@" + OTHER);
        assertThat(execute("scan", "--wait", "30s")).as("%s", said).isIn(2, 3);
        Notice fired = notice(prometheus, "firing");
        assertThat(fired.labels())
                .containsEntry("workload", CART)
                .containsEntry("severity", "warning")
                .doesNotContainKey("reason");
        assertThat(fired.annotations().get("description")).contains("Reason: disruption_budget.");
        assertThat(fired.annotations().get("summary")).startsWith(CART + " has had a snowflake for ");
        assertThat(fired.annotations()).containsKey("runbook_url");
        assertThat(prometheus.notices())
                .filteredOn(notice -> notice.alert().equals("SnowflakeOpenTooLong"))
                .as("what is held for a person, and what was replaced, is not told as if it were stuck")
                .extracting(notice -> notice.labels().get("workload"))
                .doesNotContain(TARGET + "/shop/StatefulSet/orders", TARGET + "/shop/Deployment/web");

        cluster.list(PodDisruptionBudget.class, "shop")
                .forEach(budget -> cluster.delete(
                        PodDisruptionBudget.class, "shop", budget.getMetadata().getName()));
        assertThat(notice(prometheus, "resolved").labels()).containsEntry("workload", CART);
        assertThat(prometheus.query("snowmelt_planner_open_snowflakes{workload=\"" + CART + "\"}"))
                .as("the series ends with the snowflake")
                .isEmpty();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                prometheus.value("sum(snowmelt_planner_transitions_total{phase=\"replaced\"})"))
                        .isGreaterThanOrEqualTo(3));
        assertThat(prometheus.notices())
                .extracting(Notice::alert)
                .contains("DeclarationsRefused")
                .doesNotContain("RoleAbsent", "RoleNotReady", "CollectorSilent", "DeadLetters", "BreakerOpen");
    }

    /// Their names are spelt in the chart too, whose RoleAbsent asks for them.
    private static void roles(Prometheus prometheus) {
        assertThat(prometheus.query("snowmelt_role_ready"))
                .extracting(series -> series.labels().get("role"))
                .containsExactlyInAnyOrder("detect", "plan", "execute " + TARGET, "collect " + TARGET);
    }

    private static Notice notice(Prometheus prometheus, String status) {
        var found = new AtomicReference<@org.jspecify.annotations.Nullable Notice>();
        await().atMost(PATIENCE).untilAsserted(() -> {
            prometheus.notices().stream()
                    .filter(notice -> notice.alert().equals("SnowflakeOpenTooLong"))
                    .filter(notice -> notice.status().equals(status))
                    .filter(notice -> CART.equals(notice.labels().get("workload")))
                    .findFirst()
                    .ifPresent(found::set);
            assertThat(found.get())
                    .as(
                            "%s; open: %s; told: %s",
                            status, prometheus.query("snowmelt_planner_open_age_seconds"), prometheus.notices())
                    .isNotNull();
        });
        return java.util.Objects.requireNonNull(found.get());
    }

    /// Both ways: what is told is in the table, and what is in the table is told, or stands in the
    /// sources where only another role or another accident brings it about.
    private static void table(String scrape) {
        Map<String, Scrape.Family> told = Scrape.families(scrape);
        Map<String, MetricsTable.Line> table = MetricsTable.lines();
        var faults = new ArrayList<String>();
        told.forEach((name, family) -> {
            MetricsTable.Line line = table.get(name);
            if (line == null) {
                faults.add("not in docs/metrics.md: | `" + name + "` | " + family.type() + " | "
                        + String.join(", ", family.labels()) + " | | " + family.help() + " |");
            } else if (!line.type().equals(family.type()) || !line.labels().equals(family.labels())) {
                faults.add(name + " is a " + family.type() + " with " + family.labels() + ", the table says " + line);
            }
        });
        table.forEach((name, line) -> {
            boolean elsewhere = line.section().startsWith("Elsewhere");
            if (!told.containsKey(name) && !line.later() && !elsewhere) {
                faults.add(name + " is in docs/metrics.md, but nothing tells it");
            }
        });
        Set<String> stems = new HashSet<>();
        table.keySet().forEach(name -> stems.add(name.replaceAll("(_seconds)?(_total)?$", "")));
        Set<String> sources = MetersInSources.names();
        sources.stream()
                .filter(name -> !stems.contains(name))
                .forEach(name -> faults.add(name + " is in the sources, but not in docs/metrics.md"));
        stems.stream()
                .filter(name -> name.startsWith("snowmelt_") || name.startsWith("kafka_"))
                .filter(name -> !sources.contains(name))
                .forEach(name -> faults.add(name + " is in docs/metrics.md, but not in the sources"));
        assertThat(faults).as(String.join("\n", faults)).isEmpty();
    }

    /// `up` runs every role in one process, so this is the most that one target costs: as it was
    /// measured, and a little more.
    private static void bounded(String scrape) {
        List<String> series =
                scrape.lines().filter(line -> !line.startsWith("#")).toList();

        assertThat(series).filteredOn(line -> line.startsWith("kafka_")).hasSizeBetween(20, 200);
        assertThat(series).filteredOn(line -> line.startsWith("snowmelt_")).hasSizeBetween(100, 400);
    }

    private static void dashboards(Prometheus prometheus) {
        List<Dashboards.Query> queries = Dashboards.queries();
        assertThat(queries).hasSizeGreaterThan(50);
        assertThat(queries)
                .filteredOn(query ->
                        prometheus.range(query.sent(), Duration.ofSeconds(60)).isEmpty())
                .as("queries without an answer")
                .isEmpty();
    }

    /// Thresholds hold or not; what they look at must be there. Which reasons a rule may name is
    /// looked at elsewhere.
    private static void alerts(Prometheus prometheus) {
        Map<String, String> empty = new TreeMap<>();
        for (AlertRules.Alert alert : AlertRules.read()) {
            var selectors = SELECTOR.matcher(alert.expression())
                    .results()
                    .map(found -> found.group())
                    .toList();
            assertThat(selectors).as(alert.name()).isNotEmpty();
            for (String selector : selectors) {
                String asked = selector.replaceAll("\\{reason[!=]~[^}]*}", "");
                if (!asked.equals("snowmelt_planner_suspended")
                        && prometheus.range(asked, Duration.ofSeconds(60)).isEmpty()) {
                    empty.put(alert.name(), asked);
                }
            }
            assertThat(prometheus.range(alert.expression(), Duration.ofSeconds(60)))
                    .as("it can be asked")
                    .isNotNull();
        }
        assertThat(empty).as("selectors without an answer").isEmpty();
    }

    private SimulatedCluster cluster() throws Exception {
        var cluster =
                SimulatedCluster.builder().nodes(2).startDelay(Duration.ZERO).start();
        cluster.images().pushTag(IMAGE, DIGEST);
        cluster.images().pushTag("registry.example/shop/app:2", OTHER);
        cluster.workloads().namespace("snowmelt");
        for (String name : List.of("cart", "web")) {
            cluster.workloads().deployment("shop", name, IMAGE + "@" + DIGEST, REPLICAS);
        }
        cluster.workloads().deployment("shop", "search", IMAGE + "@" + DIGEST, OF_SEARCH);
        cluster.workloads().statefulSet("shop", "orders", IMAGE + "@" + DIGEST, REPLICAS, true);
        cluster.workloads().budget("shop", "cart", Integer.toString(REPLICAS));
        cluster.awaitSettled(PATIENCE);
        try (InputStream rbac = Snowmelt.class.getResourceAsStream("/rbac.yaml")) {
            cluster.user(
                    "snowmelt",
                    "snowmelt",
                    AccessRule.parse(new String(rbac.readAllBytes(), StandardCharsets.UTF_8), "snowmelt"));
        }
        return cluster;
    }

    private Path rules() throws Exception {
        String text = AlertRules.text();
        assertThat(text.split(Pattern.quote(QUARTER), -1)).hasSize(2);
        return Files.writeString(folder.resolve("rules.yaml"), text.replace(QUARTER, "> 5\n        for: 2s\n"));
    }

    private Thread up(SimulatedCluster cluster, int port) throws Exception {
        Path kubeconfig = folder.resolve("kubeconfig");
        cluster.writeKubeconfig(kubeconfig, "snowmelt");
        int kafka = Program.freePort();
        environment = Map.of(
                "SNOWMELT_STATE_DIR",
                folder.resolve("state").toString(),
                "SNOWMELT_KAFKA_PARTITIONS",
                "2",
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                "127.0.0.1:" + kafka);
        Map<String, String> alone = new TreeMap<>(environment);
        alone.remove("SNOWMELT_KAFKA_BOOTSTRAP_SERVERS");
        return Thread.ofPlatform()
                .name("up")
                .start(() -> execute(
                        alone,
                        "up",
                        "--target",
                        TARGET,
                        "--kubeconfig",
                        kubeconfig.toString(),
                        "--http-port",
                        Integer.toString(port),
                        "--kafka-port",
                        Integer.toString(kafka)));
    }

    private void declare() throws Exception {
        var documents = new StringBuilder();
        for (String workload :
                List.of("Deployment/cart", "Deployment/web", "Deployment/search", "StatefulSet/orders")) {
            documents.append("""
                    ---
                    workload: %s/shop/%s
                    spec:
                      containers:
                        - name: %s
                          image: %s@%s
                      remediation: {mode: ENFORCE, gracePeriod: 0s, restoreTemplate: {enabled: true, gracePeriod: 0s}}
                    """.formatted(TARGET, workload, workload.replaceAll(".*/", ""), IMAGE, DIGEST));
        }
        Path file = Files.writeString(folder.resolve("declarations.yaml"), documents.toString());
        assertThat(execute("declare", "-f", file.toString(), "--wait", "60s"))
                .as("%s", said)
                .isZero();
    }

    /// A revision that is not the newest.
    private Path refused() throws Exception {
        return Files.writeString(folder.resolve("refused.yaml"), """
                workload: %s
                expectedRevision: 7
                spec:
                  containers: [{name: cart, image: "%s@%s"}]
                """.formatted(CART, IMAGE, OTHER));
    }

    private static void edit(SimulatedCluster cluster, String workload) {
        String pod = cluster.podsOf("shop", workload).getFirst().getMetadata().getName();
        cluster.editInPlace("shop", pod, workload, "registry.example/shop/app:2");
    }

    private int execute(String... arguments) {
        return execute(environment, arguments);
    }

    private int execute(Map<String, String> variables, String... arguments) {
        var writer = new PrintWriter(said, true);
        return Snowmelt.commandLine(new Surroundings(writer, writer, variables, InstantSource.system()))
                .execute(arguments);
    }
}
