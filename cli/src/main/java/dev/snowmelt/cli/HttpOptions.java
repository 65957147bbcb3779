package dev.snowmelt.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of everything that keeps running.
public final class HttpOptions {
    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            description = "http.port: /metrics, /health/live, /health/ready (8080; 0: any free one).")
    private @Nullable String port;

    @Option(names = "--http-host", paramLabel = "ADDRESS", description = "http.host: address to listen on (127.0.0.1).")
    private @Nullable String host;

    /// Puts what was said beside the other settings.
    public void into(Map<String, String> options) {
        if (port != null) {
            options.put("http.port", port);
        }
        if (host != null) {
            options.put("http.host", host);
        }
    }
}
