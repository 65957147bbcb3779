package dev.snowmelt.bench.measure;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What a run has measured: prose while it goes on, and at its end the lines that machines read.
///
/// A line is only ever made from a measured value, so a figure that was not taken is a missing line, never a guessed
/// one.
public final class Results {
    private final PrintStream progress;
    private final List<String> lines = new ArrayList<>();

    /// @param progress where readable progress goes, usually standard error
    public Results(PrintStream progress) {
        this.progress = progress;
    }

    /// Says how the run is getting on.
    public void say(String text) {
        progress.println(text);
        progress.flush();
    }

    /// A ratio of two rates or times that were taken in this run.
    ///
    /// @param target what design §9 asks for, as it writes it
    public void ratio(String name, double value, String target) {
        add("RATIO " + name + " " + number(value) + " target " + target);
    }

    /// An absolute, which depends on the machine.
    ///
    /// @param target what design §9 asks for, in the same unit
    public void figure(String name, double value, String unit, String target) {
        add("FIGURE " + name + " " + number(value) + " " + unit + " target " + target);
    }

    private void add(String line) {
        lines.add(line);
        say("  " + line);
    }

    /// All RATIO and FIGURE lines in the order they were taken.
    public List<String> lines() {
        return List.copyOf(lines);
    }

    /// Prints the lines, usually to standard output.
    public void print(PrintStream out) {
        lines.forEach(out::println);
        out.flush();
    }

    /// Three digits that mean something; more would pretend to a precision that no shared machine has.
    private static String number(double value) {
        if (!Double.isFinite(value)) {
            throw new BenchException("a measurement came out as " + value);
        }
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
    }
}
