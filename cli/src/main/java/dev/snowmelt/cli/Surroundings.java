package dev.snowmelt.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;

/// What a command sees of the process that it runs in; tests put their own in its place.
///
/// @param out for results
/// @param err for complaints and progress
/// @param environment environment variables
/// @param clock the time
public record Surroundings(PrintWriter out, PrintWriter err, Map<String, String> environment, InstantSource clock) {
    /// This process.
    public static Surroundings ofProcess() {
        return new Surroundings(
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                System.getenv(),
                InstantSource.system());
    }
}
