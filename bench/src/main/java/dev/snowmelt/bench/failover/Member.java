package dev.snowmelt.bench.failover;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.cli.Snowmelt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// `snowmelt detect` in a JVM of its own, which can be killed and started again under the same name.
final class Member implements AutoCloseable {
    private final String name;
    private final String bootstrapServers;
    private final int standbys;
    private final Path folder;
    private final int port;
    private Process process;

    private Member(String name, String bootstrapServers, int standbys, Path folder, int port, Process process) {
        this.name = name;
        this.bootstrapServers = bootstrapServers;
        this.standbys = standbys;
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /// @param name static member of the group
    /// @param folder its state and its log go there
    static Member start(String name, String bootstrapServers, int standbys, Path folder) throws IOException {
        int port = freePort();
        return new Member(
                name, bootstrapServers, standbys, folder, port, launch(name, bootstrapServers, standbys, folder, port));
    }

    private static Process launch(String name, String bootstrapServers, int standbys, Path folder, int port)
            throws IOException {
        var builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx384m",
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        Snowmelt.class.getName(),
                        "detect"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(name + ".log").toFile()));
        var environment = builder.environment();
        environment.keySet().removeIf(key -> key.startsWith("SNOWMELT_"));
        environment.put("SNOWMELT_KAFKA_BOOTSTRAP_SERVERS", bootstrapServers);
        environment.put("SNOWMELT_KAFKA_PARTITIONS", "1");
        environment.put("SNOWMELT_MEMBER", name);
        environment.put("SNOWMELT_DETECT_STANDBY_REPLICAS", Integer.toString(standbys));
        environment.put("SNOWMELT_STATE_DIR", folder.resolve(name).toString());
        environment.put("SNOWMELT_HTTP_PORT", Integer.toString(port));
        environment.put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.start();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String name() {
        return name;
    }

    /// True when it takes part.
    boolean ready() throws IOException, InterruptedException {
        if (!process.isAlive()) {
            List<String> lines = Files.readAllLines(folder.resolve(name + ".log"));
            throw new BenchException("detect ended with " + process.exitValue() + ": "
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
        }
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException _) {
            return false; // not yet
        }
    }

    /// As when a machine loses its power (SIGKILL).
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /// As when a new version is rolled out (SIGTERM).
    void stop(Duration atMost) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new BenchException(name + " did not stop within " + atMost.toSeconds() + " s");
        }
    }

    /// Begins again after an end, with the same name and the same folder.
    void restart() throws IOException {
        process = launch(name, bootstrapServers, standbys, folder, port);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(); // its folder is deleted next
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
