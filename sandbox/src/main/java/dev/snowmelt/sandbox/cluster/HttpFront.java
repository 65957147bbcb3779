package dev.snowmelt.sandbox.cluster;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The HTTP side of the API server: takes requests apart, answers each on a virtual thread of its own, streams
/// lists and watches.
///
/// A watch is served as a chunked response or, when the client asks to upgrade, as a WebSocket; refusals are
/// plain responses in both cases.
final class HttpFront implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HttpFront.class);
    private static final int CHUNK = 256 * 1024;
    private static final long LONGEST_REQUEST_SECONDS = 60;

    private final Vertx vertx;
    private final HttpServer server;
    private final Gate gate;
    private final WatchHub watches;
    private final InstantSource clock;

    HttpFront(Gate gate, WatchHubFactory watches, InstantSource clock) {
        this.gate = gate;
        this.clock = clock;
        vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(2)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        this.watches = watches.create(vertx);
        server = vertx.createHttpServer(new HttpServerOptions()
                        .setMaxInitialLineLength(64 * 1024)
                        .setMaxHeaderSize(64 * 1024)
                        .setPerMessageWebSocketCompressionSupported(false)
                        .setPerFrameWebSocketCompressionSupported(false)
                        .setWebSocketSubProtocols(List.of("binary.k8s.io")))
                .requestHandler(this::receive);
    }

    /// Makes the hub once there is a Vert.x to make it with.
    interface WatchHubFactory {
        WatchHub create(Vertx vertx);
    }

    /// Listens on a free port of loopback and returns it.
    int listen(int port) {
        return wait(server.listen(port, "127.0.0.1")).actualPort();
    }

    private static <T> T wait(io.vertx.core.Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(LONGEST_REQUEST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the connection failed", e);
        }
    }

    private void receive(HttpServerRequest request) {
        Context context = vertx.getOrCreateContext();
        if (request.canUpgradeToWebSocket()) {
            request.pause();
            Thread.ofVirtual().start(() -> serve(request, context, new byte[0], true));
        } else {
            request.body()
                    .onSuccess(body -> Thread.ofVirtual().start(() -> serve(request, context, body.getBytes(), false)));
        }
    }

    private void serve(HttpServerRequest request, Context context, byte[] body, boolean upgrade) {
        try {
            Gate.Reply reply = gate.handle(call(request, body));
            switch (reply) {
                case Gate.Reply.Plain plain -> send(request, plain, upgrade);
                case Gate.Reply.Listing listing -> stream(request.response(), listing);
                case Gate.Reply.Watching watching ->
                    context.runOnContext(_ -> {
                        if (upgrade) {
                            watches.overWebSocket(request, watching.watch());
                        } else {
                            watches.overHttp(request, watching.watch());
                        }
                    });
                case Gate.Reply.Dropped _ -> request.connection().close();
            }
        } catch (IllegalStateException e) {
            // The client has gone, or the server is closing: nobody is left to tell.
            log.atDebug().setCause(e).addKeyValue("path", request.path()).log("request not answered");
            request.connection().close();
        }
    }

    private static Gate.Call call(HttpServerRequest request, byte[] body) {
        Map<String, String> query = new LinkedHashMap<>();
        request.params(true).forEach(entry -> query.putIfAbsent(entry.getKey(), entry.getValue()));
        String authorization = header(request, "Authorization");
        String token = authorization.startsWith("Bearer ") ? authorization.substring("Bearer ".length()) : "";
        return new Gate.Call(
                request.method().name(),
                request.path(),
                query,
                token,
                header(request, "User-Agent"),
                header(request, "Content-Type"),
                body);
    }

    private static String header(HttpServerRequest request, String name) {
        String value = request.getHeader(name);
        return value == null ? "" : value;
    }

    private void send(HttpServerRequest request, Gate.Reply.Plain plain, boolean upgrade) {
        HttpServerResponse response = request.response().setStatusCode(plain.status());
        // As every HTTP server that has a clock (RFC 9110, 6.6.1); in whole seconds.
        response.putHeader(
                "Date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(clock.instant().atZone(ZoneOffset.UTC)));
        plain.headers().forEach(response::putHeader);
        response.putHeader("Content-Type", plain.contentType());
        response.putHeader("Cache-Control", "no-cache, private");
        if (upgrade) {
            request.resume();
        }
        response.end(Buffer.buffer(plain.body()));
    }

    private static void stream(HttpServerResponse response, Gate.Reply.Listing listing) {
        response.putHeader("Content-Type", "application/json");
        response.putHeader("Cache-Control", "no-cache, private");
        response.setChunked(true);
        int skip = Stored.typeLength(listing.type());
        Buffer buffer =
                Buffer.buffer(CHUNK + 8 * 1024).appendBytes(listing.page().head());
        boolean first = true;
        for (Stored item : listing.page().items()) {
            if (!first) {
                buffer.appendByte((byte) ',');
            }
            first = false;
            byte[] json = item.json();
            buffer.appendByte((byte) '{').appendBytes(json, 1 + skip, json.length - 1 - skip);
            if (buffer.length() >= CHUNK) {
                wait(response.write(buffer));
                buffer = Buffer.buffer(CHUNK + 8 * 1024);
            }
        }
        response.end(buffer.appendBytes(listing.page().tail()));
    }

    WatchHub watches() {
        return watches;
    }

    @Override
    public void close() {
        watches.drop();
        wait(server.close());
        wait(vertx.close());
    }
}
