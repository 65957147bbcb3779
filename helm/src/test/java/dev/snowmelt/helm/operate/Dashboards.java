package dev.snowmelt.helm.operate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The dashboards that the chart brings.
final class Dashboards {
    private static final Path FOLDER = Path.of("snowmelt/dashboards");

    private Dashboards() {}

    /// One query of a panel.
    record Query(String dashboard, String panel, String expression) {
        /// As Grafana would send it, with everything selected and a short interval.
        String sent() {
            return expression.replace("$target", ".*").replace("$__rate_interval", "15s");
        }

        @Override
        public String toString() {
            return dashboard + ", " + panel + ": " + expression;
        }
    }

    static List<JsonNode> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.sorted()
                    .map(file -> JsonMapper.shared().readTree(read(file)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Query> queries() {
        var queries = new ArrayList<Query>();
        for (JsonNode dashboard : all()) {
            for (JsonNode panel : dashboard.get("panels")) {
                for (JsonNode target : panel.path("targets")) {
                    queries.add(new Query(
                            dashboard.get("title").stringValue(),
                            panel.get("title").stringValue(),
                            target.get("expr").stringValue()));
                }
            }
        }
        return queries;
    }
}
