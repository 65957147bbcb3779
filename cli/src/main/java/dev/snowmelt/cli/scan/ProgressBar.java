package dev.snowmelt.cli.scan;

import dev.snowmelt.cli.output.Table;
import java.io.PrintWriter;
import java.util.Locale;

/// One line on a terminal, written over and over, and away at the end.
public final class ProgressBar implements Progress {
    private static final int CELLS = 20;

    private final PrintWriter err;
    private String shown = "";

    public ProgressBar(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void show(Tallied tallied) {
        int full = tallied.expected() == 0 ? 0 : CELLS * tallied.counted() / tallied.expected();
        String line = String.format(
                Locale.ROOT,
                "[%s%s] %.1f s, %s",
                "#".repeat(full),
                ".".repeat(CELLS - full),
                tallied.waited().toMillis() / 1000.0,
                tallied.words());
        // A line that wraps could not be written over.
        write(line.length() < Table.WIDTH ? line : line.substring(0, Table.WIDTH - 2) + "…");
    }

    private void write(String line) {
        if (!line.equals(shown)) {
            err.print("\r" + line + " ".repeat(Math.max(0, shown.length() - line.length())));
            err.flush();
            shown = line;
        }
    }

    @Override
    public void close() {
        if (!shown.isEmpty()) {
            write("");
            err.print("\r");
            err.flush();
        }
    }
}
