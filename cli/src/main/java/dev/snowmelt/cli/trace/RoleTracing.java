package dev.snowmelt.cli.trace;

import dev.snowmelt.cli.Version;
import dev.snowmelt.cli.config.Otlp;
import dev.snowmelt.schemas.trace.Tracing;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A role's steps, exported as spans over OTLP (HTTP, Protobuf). Nobody waits for the export: what
/// a receiver does not take in time is dropped.
public final class RoleTracing implements AutoCloseable {
    private static final Duration EXPORT_EVERY = Duration.ofSeconds(1);
    private static final Duration EXPORT_WITHIN = Duration.ofSeconds(5);
    private static final int FLUSH_SECONDS = 2;

    private final @Nullable SdkTracerProvider provider;
    private final Tracing tracing;

    private RoleTracing(@Nullable SdkTracerProvider provider, Tracing tracing) {
        this.provider = provider;
        this.tracing = tracing;
    }

    /// @param settings where to, and how many of the ways that begin here; of others their header
    /// says whether they are told
    /// @param role what the spans' service is called after: `snowmelt-<role>`
    public static RoleTracing of(Otlp settings, String role) {
        Optional<URI> endpoint = settings.endpoint();
        if (endpoint.isEmpty()) {
            return new RoleTracing(null, Tracing.NONE);
        }
        var exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint.get().toString().replaceAll("/+$", "") + "/v1/traces")
                .setTimeout(EXPORT_WITHIN)
                .build();
        var provider = SdkTracerProvider.builder()
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.sampleRatio())))
                .setResource(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "snowmelt-" + role,
                        AttributeKey.stringKey("service.version"),
                        Version.text())))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter)
                        .setScheduleDelay(EXPORT_EVERY)
                        .setExporterTimeout(EXPORT_WITHIN)
                        .build())
                .build();
        return new RoleTracing(provider, new Spans(provider.get("dev.snowmelt")));
    }

    /// Client settings by which a stage finds it.
    public Map<String, Object> into(Map<String, Object> client) {
        if (provider == null) {
            return client;
        }
        var config = new HashMap<>(client);
        config.put(Tracing.CONFIG, tracing);
        return config;
    }

    /// Exports what is left, for 2 s at most.
    @Override
    public void close() {
        if (provider != null) {
            provider.shutdown().join(FLUSH_SECONDS, TimeUnit.SECONDS);
        }
    }

    private record Spans(Tracer tracer) implements Tracing {
        private static final Pattern PARENT =
                Pattern.compile("[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

        @Override
        public @Nullable Step begin(
                String name, byte @Nullable [] parent, Instant began, Map<String, String> attributes) {
            Context context = Context.root();
            if (parent != null) {
                Matcher header = PARENT.matcher(new String(parent, StandardCharsets.US_ASCII));
                if (!header.matches()) {
                    return null;
                }
                context = context.with(Span.wrap(SpanContext.createFromRemoteParent(
                        header.group(1),
                        header.group(2),
                        TraceFlags.fromHex(header.group(3), 0),
                        TraceState.getDefault())));
            }
            var builder = tracer.spanBuilder(name).setParent(context).setStartTimestamp(began);
            attributes.forEach((key, value) -> builder.setAttribute(key, value));
            return new Going(builder.startSpan(), began);
        }
    }

    private record Going(Span span, Instant began) implements Tracing.Step {
        @Override
        public byte[] header() {
            SpanContext context = span.getSpanContext();
            return ("00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                            + context.getTraceFlags().asHex())
                    .getBytes(StandardCharsets.US_ASCII);
        }

        /// Clocks of several machines meet here: nothing ends before it began.
        @Override
        public void end(Instant at) {
            span.end(at.isBefore(began) ? began : at);
        }
    }
}
