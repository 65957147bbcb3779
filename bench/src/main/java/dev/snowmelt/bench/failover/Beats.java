package dev.snowmelt.bench.failover;

import dev.snowmelt.bench.fleet.Fleet;
import dev.snowmelt.bench.latency.Tail;
import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Observation;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;

/// A pod that changes at every beat, another one each time, and for each the verdict that answers. The time between the
/// two is what a person waits for.
final class Beats implements AutoCloseable {
    private static final long EPOCH = 1;

    private final Topics topics;
    private final Fleet fleet;
    private final BitSet drifted;
    private final KafkaProducer<WorkloadId, Observation> producer;
    private final Tail<String> verdicts;
    private final Thread thread;
    private final CountDownLatch over = new CountDownLatch(1);
    /// When what is not answered yet was written, by the verdict's key.
    private final Map<String, Long> open = new ConcurrentHashMap<>();
    private final Object lock = new Object();
    private long longest;
    private long firstAnswered;
    private long since = Long.MAX_VALUE;

    /// @param fleet of which every pod is known
    /// @param drifted pods that are; kept up to date
    Beats(Topics topics, Fleet fleet, BitSet drifted, String bootstrapServers, Duration beat) {
        this.topics = topics;
        this.drifted = drifted;
        this.fleet = fleet;
        verdicts = new Tail<>(
                topics.verdicts().name(), topics.partitions(), bootstrapServers, new StringDeserializer(), record -> {
                    Long written = open.remove(String.valueOf(record.key()));
                    if (written != null) {
                        answered(written, System.nanoTime());
                    }
                });
        producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.LINGER_MS_CONFIG, 0),
                topics.observations().keySerde().serializer(),
                topics.observations().valueSerde().serializer());
        thread = Thread.ofPlatform().name("beats").start(() -> beat(beat));
    }

    private void beat(Duration each) {
        long due = System.nanoTime();
        try {
            for (int i = 0; ; i++) {
                due += each.toNanos();
                if (over.await(Math.max(0, due - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    return;
                }
                change(i % fleet.instances());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void change(int instance) {
        drifted.flip(instance);
        var workload = fleet.workload(instance / Fleet.PODS_PER_WORKLOAD);
        var record = topics.observations().record(workload, fleet.observation(instance, drifted.get(instance)));
        new ObservationHeader(
                        EPOCH,
                        0,
                        2_000_000_000L + System.nanoTime() / 1_000_000,
                        System.currentTimeMillis(),
                        ObservationHeader.Source.WATCH)
                .addTo(record.headers());
        open.put(new SubjectKey.OfInstance(workload, fleet.instance(instance)).toString(), System.nanoTime());
        var _ = producer.send(record);
    }

    private void answered(long written, long now) {
        synchronized (lock) {
            if (written >= since) {
                longest = Math.max(longest, now - written);
                if (firstAnswered == 0) {
                    firstAnswered = now;
                }
                lock.notifyAll();
            }
        }
    }

    /// From now on answers count anew.
    void mark() {
        synchronized (lock) {
            since = System.nanoTime();
            longest = 0;
            firstAnswered = 0;
        }
    }

    /// Waits for the first answer to what was written after the mark.
    ///
    /// @return milliseconds from the mark to it
    double firstAnswer(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            while (firstAnswered == 0) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new BenchException("no verdict within " + limit.toSeconds() + " s");
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
            return (firstAnswered - since) / 1e6;
        }
    }

    /// Waits until nothing written up to now is open.
    ///
    /// @return milliseconds that the longest of those since the mark took
    double longest(Duration limit) throws InterruptedException {
        long until = System.nanoTime();
        long deadline = until + limit.toNanos();
        while (open.values().stream().anyMatch(written -> written <= until)) {
            if (System.nanoTime() > deadline) {
                throw new BenchException(open.size() + " observations were never answered");
            }
            var _ = over.await(50, TimeUnit.MILLISECONDS);
        }
        synchronized (lock) {
            return longest / 1e6;
        }
    }

    @Override
    public void close() {
        over.countDown();
        try {
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        producer.close();
        verdicts.close();
    }
}
