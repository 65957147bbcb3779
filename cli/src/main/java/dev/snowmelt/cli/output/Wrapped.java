package dev.snowmelt.cli.output;

import java.util.ArrayList;
import java.util.List;

/// Lines of bounded width that lose nothing: a word that is longer than a line is cut and goes on in the next.
public final class Wrapped {
    private Wrapped() {}

    /// @param first what the first line begins with
    /// @param then what the others begin with
    public static List<String> lines(String first, String then, String text, int width) {
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder(first);
        int start = first.length();
        for (String word : text.strip().split("\\s+", -1)) {
            if (line.length() > start && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line = new StringBuilder(then);
                start = then.length();
            }
            line.append(line.length() > start ? " " : "").append(word);
            while (line.length() > width) {
                lines.add(line.substring(0, width));
                line = new StringBuilder(then).append(line, width, line.length());
                start = then.length();
            }
        }
        lines.add(line.toString());
        return lines;
    }
}
