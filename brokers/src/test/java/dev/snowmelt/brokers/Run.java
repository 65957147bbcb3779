package dev.snowmelt.brokers;

import dev.snowmelt.cli.Snowmelt;
import dev.snowmelt.cli.Surroundings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.Map;

/// A command that ends, executed in this JVM.
///
/// @param exitCode what it would exit with
/// @param out what it wrote to stdout
/// @param err what it wrote to stderr
record Run(int exitCode, String out, String err) {
    static Run with(Map<String, String> environment, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Snowmelt.commandLine(new Surroundings(
                        new PrintWriter(out), new PrintWriter(err), environment, InstantSource.system()))
                .execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
