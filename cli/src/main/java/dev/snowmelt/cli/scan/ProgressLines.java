package dev.snowmelt.cli.scan;

import dev.snowmelt.cli.config.DurationText;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Lines for logs: the first at once, then at a change, and never more than one in [#PAUSE].
public final class ProgressLines implements Progress {
    static final Duration PAUSE = Duration.ofSeconds(3);

    private final PrintWriter err;
    private @Nullable String shown;
    private @Nullable Duration at;

    public ProgressLines(PrintWriter err) {
        this.err = err;
    }

    @Override
    public void show(Tallied tallied) {
        String words = tallied.words();
        if (at == null) {
            write("scan " + tallied.scan() + " is asked for", tallied, words);
        } else if (!words.equals(shown) && tallied.waited().minus(at).compareTo(PAUSE) >= 0) {
            write(
                    "scan " + tallied.scan() + ", " + DurationText.print(tallied.waited()) + ": " + words,
                    tallied,
                    words);
        }
    }

    private void write(String line, Tallied tallied, String words) {
        err.println("snowmelt: " + line);
        err.flush();
        at = tallied.waited();
        shown = words;
    }

    @Override
    public void close() {
        // Lines end by themselves.
    }
}
