package dev.snowmelt.cli.demo;

import dev.snowmelt.cli.demo.Snowflake.End;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the demo showed: counts, times and everything that should not have been so.
///
/// @param snowflakes the drifts that were made
/// @param violations what was touched that should not have been, or not dealt with that should have
/// been; empty is success
record DemoReport(List<Snowflake> snowflakes, List<String> violations) {
    DemoReport {
        snowflakes = List.copyOf(snowflakes);
        violations = List.copyOf(violations);
    }

    /// One JSON object on one line.
    String json() {
        ObjectNode root = JsonMapper.shared().createObjectNode();
        root.put("injected", snowflakes.size());
        root.put("detected", snowflakes.stream().filter(Snowflake::seen).count());
        root.put("replaced", count(End.REPLACED));
        root.put("restored", count(End.RESTORED));
        root.put("held", count(End.HELD));
        root.set("detectMillisP50", JsonMapper.shared().valueToTree(percentile(detectMillis(), 50)));
        root.set("detectMillisP99", JsonMapper.shared().valueToTree(percentile(detectMillis(), 99)));
        root.set("replaceMillisP50", JsonMapper.shared().valueToTree(percentile(replaceMillis(), 50)));
        violations.forEach(root.putArray("violations")::add);
        return root.toString();
    }

    /// The closing table, at most 100 columns wide.
    List<String> table() {
        var lines = new ArrayList<String>();
        lines.add("%-46s %-9s %9s %9s  %s".formatted("DRIFT", "END", "SEEN ms", "END ms", "WHY"));
        for (Snowflake snowflake : snowflakes) {
            lines.add("%-46s %-9s %9s %9s  %s"
                    .formatted(
                            cut(snowflake.what(), 46),
                            snowflake
                                    .end()
                                    .map(end -> end.name().toLowerCase(Locale.ROOT))
                                    .orElse("open"),
                            millis(snowflake.detectMillis()),
                            millis(snowflake.endMillis()),
                            cut(snowflake.reason(), 22)));
        }
        lines.add("");
        lines.add("%d made, %d seen (p50 %s ms, p99 %s ms), %d replaced (p50 %s ms), %d restored, %d held"
                .formatted(
                        snowflakes.size(),
                        snowflakes.stream().filter(Snowflake::seen).count(),
                        percentile(detectMillis(), 50),
                        percentile(detectMillis(), 99),
                        count(End.REPLACED),
                        percentile(replaceMillis(), 50),
                        count(End.RESTORED),
                        count(End.HELD)));
        if (violations.isEmpty()) {
            lines.add("Nothing else was touched, counted from the platform's side.");
        } else {
            violations.forEach(violation -> lines.add("VIOLATION: " + violation));
        }
        return lines;
    }

    private static String millis(java.util.Optional<Long> millis) {
        return millis.map(Object::toString).orElse("-");
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length - 1) + "…";
    }

    private long count(End end) {
        return snowflakes.stream()
                .filter(s -> s.end().filter(e -> e == end).isPresent())
                .count();
    }

    private List<Long> detectMillis() {
        return snowflakes.stream().flatMap(s -> s.detectMillis().stream()).toList();
    }

    private List<Long> replaceMillis() {
        return snowflakes.stream()
                .filter(s -> s.end().filter(e -> e == End.REPLACED).isPresent())
                .flatMap(s -> s.endMillis().stream())
                .toList();
    }

    /// Nearest rank.
    ///
    /// @return null when there is nothing to rank: nothing was measured
    static @org.jspecify.annotations.Nullable Long percentile(List<Long> values, int percent) {
        if (values.isEmpty()) {
            return null;
        }
        List<Long> sorted = Stream.of(values).flatMap(List::stream).sorted().toList();
        int rank = (int) Math.ceil(percent / 100.0 * sorted.size());
        return sorted.get(Math.max(0, rank - 1));
    }
}
