package dev.snowmelt.cli.output;

import java.util.ArrayList;
import java.util.List;

/// Rows under headings, never wider than asked for: the widest column gives way, its cells lose
/// their middle.
public final class Table {
    /// Widest line that the command prints.
    public static final int WIDTH = 100;

    private static final String GAP = "  ";
    private static final int NARROWEST = 8;

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        this.headings = List.of(headings);
    }

    /// @param cells as many as there are headings; printed with `toString`
    /// @throws IllegalArgumentException when there are more or fewer
    public Table row(Object... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + headings.size() + " headings");
        }
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell).replaceAll("\\s+", " "));
        }
        rows.add(row);
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /// Lines of at most `width` characters, headings first.
    public List<String> lines(int width) {
        int[] widths = widths(width);
        List<String> lines = new ArrayList<>();
        lines.add(line(headings, widths));
        rows.forEach(row -> lines.add(line(row, widths)));
        return lines;
    }

    private int[] widths(int width) {
        int[] widths = new int[headings.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = length(headings.get(i));
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], length(row.get(i)));
            }
        }
        int sum = GAP.length() * (widths.length - 1);
        for (int each : widths) {
            sum += each;
        }
        for (; sum > width; sum--) {
            int widest = 0;
            for (int i = 1; i < widths.length; i++) {
                widest = widths[i] > widths[widest] ? i : widest;
            }
            if (widths[widest] <= NARROWEST) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private String line(List<String> cells, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = shortened(cells.get(i), widths[i]);
            String padding = " ".repeat(widths[i] - length(cell));
            line.append(i == 0 ? "" : GAP).append(numeric(i) ? padding + cell : cell + padding);
        }
        return line.toString().stripTrailing();
    }

    private boolean numeric(int column) {
        return !rows.isEmpty() && rows.stream().allMatch(row -> row.get(column).matches("[0-9/%.-]+"));
    }

    /// The ends of an id say most: where it lives and what it is called.
    static String shortened(String cell, int width) {
        int length = length(cell);
        if (length <= width) {
            return cell;
        }
        int head = (width - 1) / 2;
        int tail = width - 1 - head;
        return cell.substring(0, cell.offsetByCodePoints(0, head)) + "…"
                + cell.substring(cell.offsetByCodePoints(0, length - tail));
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
