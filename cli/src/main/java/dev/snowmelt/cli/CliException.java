package dev.snowmelt.cli;

import java.util.List;

/// The command cannot do what was asked; the lines say why, for people, on stderr. No stack trace helps here.
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> lines;
    private final int exitCode;

    /// Ends with [ExitCode#ERROR].
    public CliException(String... lines) {
        this(ExitCode.ERROR, List.of(lines));
    }

    /// @param lines at least one
    public CliException(int exitCode, List<String> lines) {
        super(String.join("; ", lines));
        this.exitCode = exitCode;
        this.lines = List.copyOf(lines);
    }

    /// What to say, a line each.
    public List<String> lines() {
        return lines;
    }

    /// What to exit with.
    public int exitCode() {
        return exitCode;
    }
}
