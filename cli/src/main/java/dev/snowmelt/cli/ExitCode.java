package dev.snowmelt.cli;

/// How the command ends.
public final class ExitCode {
    /// Done; nothing was found that should not be.
    public static final int OK = 0;
    /// It could not be done, or was refused.
    public static final int ERROR = 1;
    /// Done, and drift was found.
    public static final int DRIFT = 2;
    /// Done in part: not everything in scope was seen.
    public static final int INCOMPLETE = 3;
    /// The command line is wrong (`EX_USAGE` of sysexits.h).
    public static final int USAGE = 64;

    private ExitCode() {}
}
