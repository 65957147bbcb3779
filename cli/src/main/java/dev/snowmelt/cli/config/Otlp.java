package dev.snowmelt.cli.config;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// Where traces go, and which.
///
/// @param endpoint base URL of an OpenTelemetry receiver (HTTP); empty: nothing is traced
/// @param sampleRatio share of the ways that are told, 0 to 1, by whoever begins one; who carries
/// it on does as its header says
public record Otlp(Optional<URI> endpoint, double sampleRatio) {
    static Otlp read(ConfigReader reader, Map<String, String> environment) {
        return new Otlp(
                endpoint(reader, environment),
                reader.value("otlp.sampleRatio", Otlp::share).orElse(1.0));
    }

    /// What OpenTelemetry calls it counts too, unless Snowmelt was told otherwise.
    private static Optional<URI> endpoint(ConfigReader reader, Map<String, String> environment) {
        Optional<URI> told = reader.value("otlp.endpoint", Otlp::receiver);
        String usual = environment.getOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT", "");
        if (told.isPresent() || usual.isEmpty()) {
            return told;
        }
        try {
            return Optional.of(receiver(usual));
        } catch (IllegalArgumentException e) {
            reader.fault("otlp.endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static URI receiver(String text) {
        URI uri = URI.create(text);
        if (uri.getHost() == null || !("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
            throw new IllegalArgumentException("must be a URL such as 'http://localhost:4318', not '" + text + "'");
        }
        return uri;
    }

    private static double share(String text) {
        try {
            double share = Double.parseDouble(text);
            if (share >= 0 && share <= 1) {
                return share;
            }
        } catch (NumberFormatException _) {
            // Said below.
        }
        throw new IllegalArgumentException("must be a number from 0 to 1 such as '0.1', not '" + text + "'");
    }
}
