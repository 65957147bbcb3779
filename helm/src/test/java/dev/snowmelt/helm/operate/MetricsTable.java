package dev.snowmelt.helm.operate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The tables of docs/metrics.md.
final class MetricsTable {
    private static final Path FILE = Path.of("../docs/metrics.md");

    private MetricsTable() {}

    /// A line.
    ///
    /// @param section heading above it
    /// @param later its series come with what they count, not from the start
    record Line(String section, String type, Set<String> labels, String unit, String meaning, boolean later) {}

    static Map<String, Line> lines() {
        Map<String, Line> lines = new TreeMap<>();
        String section = "";
        for (String line : text().split("\n", -1)) {
            String[] cells = line.split("\\|", -1);
            if (line.startsWith("## ")) {
                section = line.substring(3).strip();
            } else if (line.startsWith("| `") && cells.length == 7) {
                String name = cells[1].strip();
                Set<String> labels = Arrays.stream(cells[3].replace("`", "").split(",", -1))
                        .map(String::strip)
                        .filter(label -> !label.isEmpty())
                        .collect(Collectors.toCollection(TreeSet::new));
                lines.put(
                        name.replaceAll("[`†]", "").strip(),
                        new Line(
                                section,
                                cells[2].strip(),
                                labels,
                                cells[4].strip(),
                                cells[5].strip(),
                                name.endsWith("†")));
            }
        }
        return lines;
    }

    private static String text() {
        try {
            return Files.readString(FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
