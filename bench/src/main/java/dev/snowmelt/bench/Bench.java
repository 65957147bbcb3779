package dev.snowmelt.bench;

import dev.snowmelt.bench.measure.BenchException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `snowmelt bench`, with a `main` of its own that the launcher calls when the first argument is
/// `bench`, so that the command itself need not know the benchmarks.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measures the detector, the loop's latency, scans, EC2 snapshots, failover and memory on this machine, beside what it can do at all.",
        subcommands = {
            DetectorCommand.class,
            LatencyCommand.class,
            ScanBenchCommand.class,
            Ec2Command.class,
            MemoryCommand.class,
            FailoverCommand.class
        })
public final class Bench implements Runnable {
    private static final int USAGE = 64;
    private static final int FAILED = 1;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "bench what? detector, latency, scan, ec2, memory or failover");
    }

    /// Exit codes: 0 measured, 1 failed, 64 wrong usage. A missed target is no failure: the lines
    /// say so.
    public static void main(String[] args) {
        // Before anything logs; whoever wants more says so on the command line.
        System.getProperties().putIfAbsent("logback.configurationFile", "dev/snowmelt/bench/bench-logback.xml");
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench())
                .setCommandName("snowmelt bench")
                .setExecutionExceptionHandler((e, command, _) -> {
                    command.getErr().println(e instanceof BenchException ? "bench: " + e.getMessage() : stackTrace(e));
                    command.getErr().flush();
                    return FAILED;
                })
                .setParameterExceptionHandler((e, _) -> {
                    CommandLine command = e.getCommandLine();
                    command.getErr().println(e.getMessage());
                    command.usage(command.getErr());
                    return USAGE;
                });
    }

    private static String stackTrace(Exception e) {
        var text = new java.io.StringWriter();
        e.printStackTrace(new java.io.PrintWriter(text, true));
        return text.toString();
    }
}
