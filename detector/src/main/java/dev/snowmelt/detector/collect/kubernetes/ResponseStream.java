package dev.snowmelt.detector.collect.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A response's body as a stream that blocks its (virtual) thread, holding some 100 KB of it at
/// most.
///
/// The network's thread asks for the next chunk by itself, until so much waits to be read: each
/// request from the reader's thread would have to wake it, for every event of a watch that comes in
/// a chunk of its own.
final class ResponseStream extends InputStream {
    /// The network stops when so much waits to be read, and goes on when a quarter of it does.
    private static final int BYTES_AHEAD = 128 * 1024;

    private sealed interface Part {
        record Chunk(ByteBuffer bytes) implements Part {}

        record End(@Nullable Throwable error) implements Part {}
    }

    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final Duration patience;
    private final AtomicInteger ahead = new AtomicInteger();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile @Nullable AsyncBody body;
    private ByteBuffer current = ByteBuffer.allocate(0);
    private @Nullable Part end;

    /// @param patience how long to wait for the next byte; a connection whose other side vanished
    /// looks like silence
    ResponseStream(Duration patience) {
        this.patience = patience;
    }

    /// Takes what the network brings; called by the HTTP client.
    void accept(List<ByteBuffer> chunks, AsyncBody from) {
        int more = 0;
        for (ByteBuffer chunk : chunks) {
            more += chunk.remaining();
            parts.add(new Part.Chunk(chunk));
        }
        if (ahead.addAndGet(more) < BYTES_AHEAD) {
            from.consume();
        } else {
            stopped.set(true);
            // The reader may have come to the end of it before it could see that.
            goOn(from);
        }
    }

    private void goOn(AsyncBody from) {
        if (stopped.get() && ahead.get() < BYTES_AHEAD / 4 && stopped.compareAndSet(true, false)) {
            from.consume();
        }
    }

    /// Lets the body flow.
    void begin(AsyncBody from) {
        body = from;
        var _ = from.done().whenComplete((_, error) -> parts.add(new Part.End(error)));
        from.consume();
    }

    @Override
    public int read() throws IOException {
        return fill() ? current.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (!fill()) {
            return -1;
        }
        int read = 0;
        do {
            int more = Math.min(length - read, current.remaining());
            current.get(target, offset + read, more);
            read += more;
        } while (read < length && parts.peek() instanceof Part.Chunk && fill());
        return read;
    }

    @Override
    public int available() {
        return current.remaining();
    }

    /// Ends the request, finished or not. May be called by another thread to wake the reader.
    @Override
    public void close() {
        AsyncBody open = body;
        if (open != null && !open.done().isDone()) {
            open.cancel();
        }
        parts.add(new Part.End(new IOException("closed")));
    }

    private boolean fill() throws IOException {
        while (!current.hasRemaining()) {
            Part next = end == null ? take() : end;
            switch (next) {
                case Part.Chunk(ByteBuffer bytes) -> {
                    current = bytes;
                    ahead.addAndGet(-bytes.remaining());
                    goOn(Objects.requireNonNull(body));
                }
                case Part.End(Throwable error) -> {
                    end = next;
                    if (error != null) {
                        throw new IOException("the answer broke off: " + error.getMessage(), error);
                    }
                    return false;
                }
            }
        }
        return true;
    }

    private Part take() throws IOException {
        try {
            Part next = parts.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new SilenceException("no byte came for " + patience.toSeconds() + " s");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    /// Nothing came for longer than the patience.
    static final class SilenceException extends IOException {
        private static final long serialVersionUID = 1;

        SilenceException(String message) {
            super(message);
        }
    }
}
