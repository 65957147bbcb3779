package dev.snowmelt.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Makes Ctrl-C end a block as an interrupt would, so that its `finally` and `close` run before the process ends.
public final class StopGuard implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    private StopGuard(Thread guarded) {
        hook = Thread.ofPlatform().unstarted(() -> {
            guarded.interrupt();
            try {
                // Not the thread's end: it may be waiting in System.exit for this hook.
                var _ = ended.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /// Guards the calling thread until closed.
    public static StopGuard onThisThread() {
        var guard = new StopGuard(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(guard.hook);
        return guard;
    }

    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The process is going down already.
        }
    }
}
