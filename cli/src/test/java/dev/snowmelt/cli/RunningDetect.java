package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.http.Metrics;
import dev.snowmelt.cli.role.DetectRole;
import dev.snowmelt.cli.role.RoleRunner;
import dev.snowmelt.cli.role.Roles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// `snowmelt detect` in this JVM.
final class RunningDetect implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final int port = freePort();
    private final RoleRunner runner;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<Integer> exit;

    RunningDetect(Map<String, String> environment, Path stateDir) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("SNOWMELT_HTTP_PORT", "" + port);
        all.put("SNOWMELT_STATE_DIR", stateDir.toString());
        Config config = Config.load(null, all, Map.of());
        runner = new RoleRunner(config, Surroundings.ofProcess());
        Callable<Integer> running = () -> runner.run(
                Duration.ofSeconds(60),
                (Metrics metrics) ->
                        new Roles(List.of(new DetectRole(config, config.kafka().topics(), metrics.registry()))));
        exit = thread.submit(running);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .build(),
                BodyHandlers.ofString());
    }

    @Override
    public void close() {
        runner.stop();
        assertThat(exit).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(0);
        thread.shutdown();
        client.close();
    }

    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
