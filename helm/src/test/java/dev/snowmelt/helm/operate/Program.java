package dev.snowmelt.helm.operate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A program beside the test, with its log in a file.
public final class Program implements AutoCloseable {
    static final String PROMETHEUS = "prometheus";
    /// Checks and tests rules.
    public static final String PROMTOOL = "promtool";
    static final String ALERTMANAGER = "prometheus-alertmanager";

    private final Process process;
    private final Path log;

    private Program(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// Why tests that need these programs cannot run; empty: they can.
    /// `SNOWMELT_TEST_PROMETHEUS=required` makes a missing one a failure instead.
    public static Optional<String> absence() {
        List<String> missing = List.of(PROMETHEUS, PROMTOOL, ALERTMANAGER).stream()
                .filter(program -> find(program).isEmpty())
                .toList();
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        String why = "needs " + String.join(", ", missing)
                + ": apt-get install --no-install-recommends prometheus prometheus-alertmanager";
        if ("required".equals(System.getenv("SNOWMELT_TEST_PROMETHEUS"))) {
            throw new AssertionError(why);
        }
        return Optional.of(why);
    }

    private static Optional<Path> find(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "/usr/bin").split(":", -1))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Starts one; it is ended with the test's JVM at the latest.
    static Program start(Path folder, String... command) {
        Path log = folder.resolve(command[0] + ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroyForcibly));
            return new Program(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs one to its end.
    ///
    /// @return its exit code and what it said
    public static Result run(Path folder, String... command) throws Exception {
        try (Program program = start(folder, command)) {
            if (!program.process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError(command[0] + " did not end within a minute");
            }
            return new Result(program.process.exitValue(), program.log());
        }
    }

    /// How it ended.
    public record Result(int exitCode, String output) {}

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean alive() {
        return process.isAlive();
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(Duration.ofSeconds(10))) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
