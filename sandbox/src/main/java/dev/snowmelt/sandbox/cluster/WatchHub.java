package dev.snowmelt.sandbox.cluster;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/// The open watches: wakes those that a change concerns, writes as fast as their connections take it, sends
/// bookmarks, ends them.
final class WatchHub {

    private final Vertx vertx;
    private final Duration bookmarkInterval;
    private final Set<Open> open = ConcurrentHashMap.newKeySet();

    WatchHub(Vertx vertx, Store store, Duration bookmarkInterval) {
        this.vertx = vertx;
        this.bookmarkInterval = bookmarkInterval;
        store.listen(change -> {
            for (Open watch : open) {
                if (watch.watch.sees(change.object())) {
                    watch.wake();
                }
            }
        });
    }

    /// Where the events of one watch go.
    private interface Sink {
        boolean isFull();

        void send(byte[] event);

        void end();

        void drop();
    }

    int count() {
        return open.size();
    }

    /// Closes every watch's connection, as a restarted API server or a load balancer does.
    void drop() {
        open.forEach(Open::drop);
    }

    /// Looks at every watch again: after a compaction those that fell behind find out.
    void wakeAll() {
        open.forEach(Open::wake);
    }

    void overHttp(HttpServerRequest request, Watch watch) {
        HttpServerResponse response = request.response();
        response.putHeader("Content-Type", "application/json");
        response.putHeader("Cache-Control", "no-cache, private");
        response.setChunked(true);
        response.writeHead();
        Sink sink = new Sink() {
            @Override
            public boolean isFull() {
                return response.writeQueueFull();
            }

            @Override
            public void send(byte[] event) {
                response.write(Buffer.buffer(event));
            }

            @Override
            public void end() {
                if (!response.ended()) {
                    response.end();
                }
            }

            @Override
            public void drop() {
                request.connection().close();
            }
        };
        Open opened = new Open(watch, sink);
        response.drainHandler(_ -> opened.pump());
        response.closeHandler(_ -> opened.close());
        response.exceptionHandler(_ -> opened.close());
        opened.start();
    }

    void overWebSocket(HttpServerRequest request, Watch watch) {
        request.toWebSocket().onSuccess(socket -> {
            Open opened = new Open(watch, sink(socket));
            socket.drainHandler(_ -> opened.pump());
            socket.closeHandler(_ -> opened.close());
            socket.exceptionHandler(_ -> opened.close());
            opened.start();
        });
    }

    private static Sink sink(ServerWebSocket socket) {
        return new Sink() {
            @Override
            public boolean isFull() {
                return socket.writeQueueFull();
            }

            @Override
            public void send(byte[] event) {
                socket.writeTextMessage(new String(event, StandardCharsets.UTF_8));
            }

            @Override
            public void end() {
                socket.close();
            }

            @Override
            public void drop() {
                socket.close((short) 1001, "going away");
            }
        };
    }

    /// One watch on one connection; everything but wake and drop happens on its context.
    private final class Open {
        final Watch watch;
        final Sink sink;
        final Context context = vertx.getOrCreateContext();
        final AtomicBoolean awake = new AtomicBoolean();
        boolean closed;
        long bookmarks = -1;
        long timeout = -1;

        Open(Watch watch, Sink sink) {
            this.watch = watch;
            this.sink = sink;
        }

        void start() {
            open.add(this);
            if (watch.allowsBookmarks()) {
                bookmarks = vertx.setPeriodic(bookmarkInterval.toMillis(), _ -> bookmark());
            }
            if (watch.timeoutSeconds() > 0) {
                timeout = vertx.setTimer(watch.timeoutSeconds() * 1000L, _ -> end());
            }
            pump();
        }

        void wake() {
            if (awake.compareAndSet(false, true)) {
                context.runOnContext(_ -> pump());
            }
        }

        void pump() {
            awake.set(false);
            while (!closed && !sink.isFull()) {
                byte[] event = watch.next();
                if (event == null) {
                    return;
                }
                sink.send(event);
                if (watch.isEnded()) {
                    end();
                }
            }
        }

        private void bookmark() {
            byte[] bookmark = closed || sink.isFull() ? null : watch.bookmark();
            if (bookmark != null) {
                sink.send(bookmark);
            }
        }

        private void end() {
            if (!closed) {
                close();
                sink.end();
            }
        }

        void drop() {
            context.runOnContext(_ -> {
                close();
                sink.drop();
            });
        }

        void close() {
            closed = true;
            open.remove(this);
            vertx.cancelTimer(bookmarks);
            vertx.cancelTimer(timeout);
        }
    }
}
