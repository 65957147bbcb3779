package dev.snowmelt.sandbox.cluster;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A work queue with one thread, as controllers have: the same key waits only once, and what fails is logged
/// and left to the next change.
///
/// While frozen it drops work; whoever thaws it looks at everything again.
final class Loop implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Loop.class);

    private final ScheduledThreadPoolExecutor thread;
    private final Set<Object> queued = ConcurrentHashMap.newKeySet();
    private volatile boolean frozen;

    Loop(String name) {
        thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name(name).daemon().factory());
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.setRemoveOnCancelPolicy(true);
    }

    void submit(Object key, Runnable work) {
        submit(key, Duration.ZERO, work);
    }

    /// Runs the work once after the delay, however often it is asked for until then.
    void submit(Object key, Duration delay, Runnable work) {
        if (frozen || !queued.add(key)) {
            return;
        }
        try {
            var _ = thread.schedule(() -> run(key, work), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            queued.remove(key);
        }
    }

    private void run(Object key, Runnable work) {
        queued.remove(key);
        if (frozen) {
            return;
        }
        try {
            work.run();
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).addKeyValue("key", key).log("reconcile failed");
        }
    }

    void freeze() {
        frozen = true;
    }

    void thaw() {
        frozen = false;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
