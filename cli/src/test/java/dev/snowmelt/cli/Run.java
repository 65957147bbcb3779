package dev.snowmelt.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/// One execution of the command in this process.
///
/// @param exitCode what it would exit with
/// @param out what it wrote to stdout
/// @param err what it wrote to stderr
record Run(int exitCode, String out, String err) {
    static Run of(String... arguments) {
        return with(Map.of(), arguments);
    }

    static Run with(Map<String, String> environment, String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exitCode = Snowmelt.commandLine(new Surroundings(
                        new PrintWriter(out), new PrintWriter(err), new HashMap<>(environment), InstantSource.system()))
                .execute(arguments);
        return new Run(exitCode, out.toString(), err.toString());
    }
}
