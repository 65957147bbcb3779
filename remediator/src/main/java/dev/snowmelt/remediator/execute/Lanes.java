package dev.snowmelt.remediator.execute;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs tasks one after the other in a lane, and lanes beside each other, on virtual threads.
///
/// @param <K> what names a lane
final class Lanes<K> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Lanes.class);

    private final Map<K, Queue<Runnable>> waiting = new HashMap<>();
    private final ExecutorService threads;
    private final Semaphore running;
    private volatile boolean closing;

    /// @param atOnce how many tasks run at once over all lanes
    Lanes(int atOnce) {
        this.running = new Semaphore(atOnce, true);
        this.threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("executor-lane-", 0).factory());
    }

    /// Runs a task after all that were submitted to its lane before.
    void submit(K lane, Runnable task) {
        synchronized (waiting) {
            Queue<Runnable> queue = waiting.get(lane);
            if (queue != null) {
                queue.add(task);
                return;
            }
            waiting.put(lane, new ArrayDeque<>());
        }
        threads.execute(() -> drain(lane, task));
    }

    private void drain(K lane, Runnable first) {
        @Nullable Runnable task = first;
        while (task != null && !closing) {
            try {
                running.acquire();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                // Those behind it must not wait for ever for what it did not see coming.
                log.atError().addKeyValue("lane", lane).setCause(e).log("a task ended without an answer");
            } finally {
                running.release();
            }
            task = next(lane);
        }
    }

    private @Nullable Runnable next(K lane) {
        synchronized (waiting) {
            Queue<Runnable> queue = waiting.get(lane);
            Runnable next = queue == null ? null : queue.poll();
            if (next == null) {
                waiting.remove(lane);
            }
            return next;
        }
    }

    /// Begins no more tasks, gives those that run a while to end, then interrupts them.
    void close(Duration patience) {
        closing = true;
        threads.shutdown();
        try {
            if (!threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException _) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
