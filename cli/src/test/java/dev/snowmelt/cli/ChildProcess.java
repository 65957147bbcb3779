package dev.snowmelt.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// `snowmelt` in a JVM of its own, as a service manager runs it.
final class ChildProcess implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final int port;

    private ChildProcess(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /// @param log where stdout and stderr go
    static ChildProcess start(Path log, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                // Not the tests' own, which is found before it.
                "-Dlogback.configurationFile=" + Path.of("src", "main", "resources", "logback.xml"),
                Snowmelt.class.getName()));
        command.addAll(List.of(arguments));
        int port = RunningDetect.freePort();
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("SNOWMELT_"));
        builder.environment().putAll(environment);
        builder.environment().put("SNOWMELT_HTTP_PORT", Integer.toString(port));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return new ChildProcess(builder.start(), log, port);
    }

    /// True when it says that it is ready.
    boolean ready() throws InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError("ended with " + process.exitValue() + ": " + said());
        }
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false; // not yet
        }
    }

    /// Asks it to stop (SIGTERM), and measures.
    ///
    /// @return until it was gone
    Duration stop(Duration atMost) throws InterruptedException {
        long begun = System.nanoTime();
        process.destroy();
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("still there after " + atMost + ": " + said());
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    int exitCode() {
        return process.exitValue();
    }

    /// All that it wrote.
    List<String> lines() throws IOException {
        return Files.readAllLines(log);
    }

    private String said() {
        try {
            List<String> lines = lines();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
