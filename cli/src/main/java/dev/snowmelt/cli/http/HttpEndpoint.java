package dev.snowmelt.cli.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// `/metrics`, `/health/live` and `/health/ready` of a process; `/loggers` where `http.admin` is set.
public final class HttpEndpoint implements AutoCloseable {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private HttpEndpoint(HttpServer server) {
        this.server = server;
    }

    /// Listens at once.
    ///
    /// @param unready why the process is not ready, a sentence each; empty: it is
    /// @throws CliException when the port is in use or the address is not this machine's
    public static HttpEndpoint start(Config.Http http, Metrics metrics, Supplier<List<String>> unready) {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(http.host()), http.port()), 0);
        } catch (BindException e) {
            throw new CliException("Port " + http.port() + " on " + http.host() + " cannot be used (" + e.getMessage()
                    + "); choose another with --http-port, 0 for any free one.");
        } catch (UnknownHostException _) {
            throw new CliException("http.host: there is no address '" + http.host() + "'.");
        } catch (IOException e) {
            throw new CliException("Cannot listen on " + http.host() + ":" + http.port() + ": " + e.getMessage() + ".");
        }
        var endpoint = new HttpEndpoint(server);
        server.setExecutor(endpoint.threads);
        server.createContext(
                "/", exchange -> answer(exchange, "/", 404, TEXT, "/metrics /health/live /health/ready\n"));
        server.createContext("/metrics", exchange -> answer(exchange, "/metrics", 200, PROMETHEUS, metrics.scrape()));
        if (http.admin()) {
            server.createContext(LoggersHandler.PATH, new LoggersHandler());
        }
        server.createContext("/health/live", exchange -> answer(exchange, "/health/live", 200, TEXT, "live\n"));
        server.createContext("/health/ready", exchange -> {
            List<String> reasons = unready.get();
            boolean ready = reasons.isEmpty();
            String body = ready ? "ready\n" : String.join("\n", reasons) + "\n";
            answer(exchange, "/health/ready", ready ? 200 : 503, TEXT, body);
        });
        server.start();
        return endpoint;
    }

    /// The port that it listens on.
    public int port() {
        return server.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, String path, int status, String type, String body)
            throws IOException {
        try (exchange) {
            boolean reads = exchange.getRequestMethod().equals("GET")
                    || exchange.getRequestMethod().equals("HEAD");
            boolean exact = path.equals(exchange.getRequestURI().getPath());
            int code = !reads ? 405 : exact || status == 404 ? status : 404;
            byte[] bytes = (code == status ? body : "").getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            boolean empty = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(code, empty ? -1 : bytes.length);
            if (!empty) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
