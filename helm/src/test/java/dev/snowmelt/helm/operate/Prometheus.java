package dev.snowmelt.helm.operate;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A Prometheus that scrapes one process every second, an Alertmanager behind it, and whoever it
/// tells.
final class Prometheus implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpServer webhook;
    private final List<Notice> notices = new CopyOnWriteArrayList<>();
    private final Program alertmanager;
    private final Program prometheus;
    private final String base;

    /// What the webhook was told of one alert.
    record Notice(String alert, String status, Map<String, String> labels, Map<String, String> annotations) {}

    /// One series of an answer.
    ///
    /// @param values those that are numbers
    record Series(Map<String, String> labels, List<Double> values) {
        double last() {
            return values.getLast();
        }
    }

    Prometheus(Path folder, int scraped, Path rules) throws IOException {
        webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        webhook.createContext("/", exchange -> {
            try (exchange) {
                take(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
                exchange.sendResponseHeaders(200, -1);
            }
        });
        webhook.start();
        int alerts = Program.freePort();
        int port = Program.freePort();
        Files.writeString(folder.resolve("alertmanager.yml"), """
                route: {receiver: webhook, group_by: [alertname, workload], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
                receivers:
                  - name: webhook
                    webhook_configs: [{url: "http://127.0.0.1:%d/", send_resolved: true}]
                """.formatted(
                        webhook.getAddress().getPort()));
        Files.writeString(folder.resolve("prometheus.yml"), """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                alerting: {alertmanagers: [{static_configs: [{targets: ["127.0.0.1:%d"]}]}]}
                scrape_configs: [{job_name: snowmelt, static_configs: [{targets: ["127.0.0.1:%d"]}]}]
                """.formatted(rules, alerts, scraped));
        alertmanager = Program.start(
                folder,
                Program.ALERTMANAGER,
                "--config.file=alertmanager.yml",
                "--storage.path=" + folder.resolve("alertmanager"),
                "--web.listen-address=127.0.0.1:" + alerts,
                "--cluster.listen-address=");
        prometheus = Program.start(
                folder,
                Program.PROMETHEUS,
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port);
        base = "http://127.0.0.1:" + port;
        await().atMost(START).ignoreExceptions().until(() -> {
            if (!prometheus.alive() || !alertmanager.alive()) {
                throw new AssertionError(prometheus.log() + alertmanager.log());
            }
            return get("/-/ready").contains("Ready");
        });
    }

    private void take(JsonNode message) {
        for (JsonNode alert : message.get("alerts")) {
            notices.add(new Notice(
                    alert.get("labels").get("alertname").stringValue(),
                    alert.get("status").stringValue(),
                    texts(alert.get("labels")),
                    texts(alert.get("annotations"))));
        }
    }

    private static Map<String, String> texts(JsonNode object) {
        var map = new TreeMap<String, String>();
        object.propertyStream()
                .forEach(each -> map.put(each.getKey(), each.getValue().stringValue()));
        return map;
    }

    /// What the webhook was told, in order.
    List<Notice> notices() {
        return notices;
    }

    /// The answer to a query now.
    List<Series> query(String expression) {
        return series(get("/api/v1/query?query=" + encoded(expression)), expression);
    }

    /// The answers of the last seconds, one a second.
    List<Series> range(String expression, Duration back) {
        double now = System.currentTimeMillis() / 1e3;
        return series(
                get("/api/v1/query_range?step=1&start=" + (now - back.toSeconds()) + "&end=" + now + "&query="
                        + encoded(expression)),
                expression);
    }

    /// A query's only number; NaN: it has none.
    double value(String expression) {
        return query(expression).stream().mapToDouble(Series::last).findFirst().orElse(Double.NaN);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static List<Series> series(String answer, String expression) {
        JsonNode json = JsonMapper.shared().readTree(answer);
        if (!json.get("status").stringValue().equals("success")) {
            throw new AssertionError(expression + ": " + answer);
        }
        var all = new ArrayList<Series>();
        for (JsonNode each : json.get("data").get("result")) {
            JsonNode points = each.has("values") ? each.get("values") : null;
            List<Double> numbers = points == null
                    ? number(each.get("value"))
                    : StreamSupport.stream(points.spliterator(), false)
                            .flatMap(point -> number(point).stream())
                            .toList();
            if (!numbers.isEmpty()) {
                all.add(new Series(texts(each.get("metric")), numbers));
            }
        }
        return all;
    }

    private static List<Double> number(JsonNode point) {
        String text = point.get(1).stringValue();
        return text.equals("NaN") || text.endsWith("Inf") ? List.of() : List.of(Double.parseDouble(text));
    }

    private String get(String path) {
        try {
            return http.send(HttpRequest.newBuilder(URI.create(base + path)).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Prometheus was asked", e);
        }
    }

    @Override
    public void close() {
        prometheus.close();
        alertmanager.close();
        webhook.stop(0);
    }
}
