package dev.snowmelt.bench.measure;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

/// CPU time and allocated bytes of some of this JVM's threads. Unlike a rate it does not depend on what else the
/// machine
/// is doing, apart from the caches.
public final class ThreadMeter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final List<Long> ids;

    private ThreadMeter(List<Long> ids) {
        this.ids = ids;
    }

    /// @param cpuNanos CPU time, user and system
    /// @param bytes bytes allocated, collected ones included
    public record Reading(long cpuNanos, long bytes) {
        /// What was used since an earlier reading.
        public Reading since(Reading earlier) {
            return new Reading(cpuNanos - earlier.cpuNanos, bytes - earlier.bytes);
        }
    }

    /// Meters all live threads whose name contains a text.
    ///
    /// @throws BenchException when there is no such thread
    public static ThreadMeter ofThreadsNamed(String part) {
        List<Long> ids = Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().contains(part))
                .map(thread -> thread.getThreadId())
                .toList();
        if (ids.isEmpty()) {
            throw new BenchException("there is no thread named …" + part + "…");
        }
        return new ThreadMeter(ids);
    }

    public Reading read() {
        long cpu = 0;
        long bytes = 0;
        for (long id : ids) {
            cpu += Math.max(0, THREADS.getThreadCpuTime(id));
            bytes += Math.max(0, THREADS.getThreadAllocatedBytes(id));
        }
        return new Reading(cpu, bytes);
    }
}
