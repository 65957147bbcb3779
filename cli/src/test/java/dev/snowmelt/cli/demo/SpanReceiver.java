package dev.snowmelt.cli.demo;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Takes spans over OTLP (HTTP, Protobuf), and reads of them what a test asks for. Numbers of
/// fields are those of opentelemetry/proto/trace/v1/trace.proto.
final class SpanReceiver implements AutoCloseable {
    /// A span; ids in hex digits.
    ///
    /// @param parent empty: the trace begins with it
    record Span(String service, String name, String trace, String id, String parent, long nanos) {}

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private volatile @Nullable Exception fault;

    SpanReceiver() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/v1/traces", exchange -> {
            try (exchange) {
                take(exchange.getRequestBody().readAllBytes());
                exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
                exchange.sendResponseHeaders(200, -1);
            } catch (IOException | RuntimeException e) {
                fault = e;
            }
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Span> spans() {
        Exception broken = fault;
        if (broken != null) {
            throw new IllegalStateException("what came could not be read", broken);
        }
        return spans;
    }

    private void take(byte[] request) throws IOException {
        for (ByteString resourceSpans : texts(UnknownFieldSet.parseFrom(request), 1)) {
            var ofResource = UnknownFieldSet.parseFrom(resourceSpans);
            String service = service(ofResource);
            for (ByteString scopeSpans : texts(ofResource, 2)) {
                for (ByteString each : texts(UnknownFieldSet.parseFrom(scopeSpans), 2)) {
                    var span = UnknownFieldSet.parseFrom(each);
                    spans.add(new Span(
                            service,
                            text(span, 5),
                            hex(span, 1),
                            hex(span, 2),
                            hex(span, 4),
                            span.getField(8).getFixed64List().getFirst()
                                    - span.getField(7).getFixed64List().getFirst()));
                }
            }
        }
    }

    private static String service(UnknownFieldSet resourceSpans) throws IOException {
        for (ByteString resource : texts(resourceSpans, 1)) {
            for (ByteString attribute : texts(UnknownFieldSet.parseFrom(resource), 1)) {
                var pair = UnknownFieldSet.parseFrom(attribute);
                if (text(pair, 1).equals("service.name")) {
                    return text(UnknownFieldSet.parseFrom(texts(pair, 2).getFirst()), 1);
                }
            }
        }
        return "";
    }

    private static List<ByteString> texts(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList();
    }

    private static String text(UnknownFieldSet message, int field) {
        List<ByteString> all = texts(message, field);
        return all.isEmpty() ? "" : all.getFirst().toStringUtf8();
    }

    private static String hex(UnknownFieldSet message, int field) {
        List<ByteString> all = texts(message, field);
        return all.isEmpty()
                ? ""
                : java.util.HexFormat.of().formatHex(all.getFirst().toByteArray());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
