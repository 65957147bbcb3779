package dev.snowmelt.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// What a command sees of the process that it runs in; tests put their own in its place.
///
/// @param out for results
/// @param err for complaints and progress
/// @param environment environment variables
/// @param clock the time
/// @param terminal a person looks on: a line of progress may be written over
public record Surroundings(
        PrintWriter out, PrintWriter err, Map<String, String> environment, InstantSource clock, boolean terminal) {
    /// Nobody looks on.
    public Surroundings(PrintWriter out, PrintWriter err, Map<String, String> environment, InstantSource clock) {
        this(out, err, environment, clock, false);
    }

    /// This process.
    public static Surroundings ofProcess() {
        return new Surroundings(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                System.getenv(),
                InstantSource.system(),
                isTerminal());
    }

    /// Standard error cannot be asked; where input and output are a terminal, it nearly always is the same one.
    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
}
