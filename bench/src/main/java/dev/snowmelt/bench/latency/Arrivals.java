package dev.snowmelt.bench.latency;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Latencies;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/// The far end of a latency measurement: reads a topic on a thread of its own and notes when what was announced
/// arrives,
/// by the record's key. Records that nobody announced are ignored.
final class Arrivals implements AutoCloseable {
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final long LOOK_EVERY = 1_000_000;

    private final KafkaConsumer<String, byte[]> consumer;
    private final Map<String, Long> due = new ConcurrentHashMap<>();
    private volatile Latencies latencies = new Latencies();
    private final Thread thread;
    private volatile boolean closed;

    Arrivals(String topic, int partitions, String bootstrapServers) {
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new StringDeserializer(),
                new ByteArrayDeserializer());
        var all = IntStream.range(0, partitions)
                .mapToObj(p -> new TopicPartition(topic, p))
                .toList();
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position);
        this.thread = Thread.ofPlatform().name("arrivals-" + topic).start(this::read);
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

    private void read() {
        try {
            while (!closed) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                    arrived(record.key(), System.nanoTime());
                }
            }
        } catch (WakeupException _) {
            // closed
        } finally {
            consumer.close();
        }
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
        closed = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
