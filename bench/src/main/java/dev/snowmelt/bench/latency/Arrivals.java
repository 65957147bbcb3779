package dev.snowmelt.bench.latency;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Latencies;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.serialization.StringDeserializer;

/// The far end of a latency measurement: reads a topic on a thread of its own and notes when what was announced
/// arrives, by the record's key. Records that nobody announced are ignored.
final class Arrivals implements AutoCloseable {
    private static final long LOOK_EVERY = 1_000_000;

    private final Map<String, Long> due = new ConcurrentHashMap<>();
    private volatile Latencies latencies = new Latencies();
    private final Tail<String> tail;

    Arrivals(String topic, int partitions, String bootstrapServers) {
        tail = new Tail<>(
                topic,
                partitions,
                bootstrapServers,
                new StringDeserializer(),
                record -> arrived(record.key(), System.nanoTime()));
    }

    /// Says that a record with this key shall arrive.
    ///
    /// @param at when it was due to be sent, as [System#nanoTime]
    /// @throws BenchException when the one before with the same key has not arrived yet
    void announce(String key, long at) {
        if (due.putIfAbsent(key, at) != null) {
            throw new BenchException("nothing came for " + key + " before it was its turn again");
        }
    }

    /// Waits until all that was announced has arrived, and hands over their latencies.
    ///
    /// @throws BenchException when it does not in time
    Latencies collect(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!due.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new BenchException(due.size() + " records never arrived, for example for "
                        + due.keySet().iterator().next());
            }
            LockSupport.parkNanos(LOOK_EVERY);
        }
        // Nothing is under way, so the reading thread does not write now.
        Latencies collected = latencies;
        latencies = new Latencies();
        return collected;
    }

    private void arrived(String key, long now) {
        Long at = due.get(key);
        if (at != null) {
            // Noted before it is taken off the list: whoever sees an empty list sees all latencies.
            latencies.add(now - at);
            due.remove(key);
        }
    }

    @Override
    public void close() {
        tail.close();
    }
}
