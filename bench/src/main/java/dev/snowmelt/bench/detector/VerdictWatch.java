package dev.snowmelt.bench.detector;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Watches the topic `verdicts`, which is all that counts as the detector's work: when it last grew, and what came.
///
/// While the detector works, only the end offsets are asked for, 100 times a second; what was written is read
/// afterwards.
final class VerdictWatch implements AutoCloseable {
    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long QUIET = TimeUnit.MILLISECONDS.toNanos(400);
    private static final Duration POLL = Duration.ofMillis(50);

    private final KafkaConsumer<byte[], VerdictRecord> consumer;
    private final Collection<TopicPartition> partitions;
    private long knownEnd;

    VerdictWatch(Topics topics, String bootstrapServers) {
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                topics.verdicts().valueSerde().deserializer());
        this.partitions = IntStream.range(0, topics.partitions())
                .mapToObj(p -> new TopicPartition(topics.verdicts().name(), p))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        partitions.forEach(consumer::position);
    }

    /// What a stretch of the topic holds.
    static final class Tally {
        private final Map<Verdict.State, Integer> states = new EnumMap<>(Verdict.State.class);
        private long instances;
        private long workloads;
        private int settled;
        private String problem = "";
        private long lastGrowth;

        /// Judgements of instances.
        long instances() {
            return instances;
        }

        /// Judgements of instances with this outcome.
        int in(Verdict.State state) {
            return states.getOrDefault(state, 0);
        }

        /// Judgements of workloads.
        long workloads() {
            return workloads;
        }

        /// When the last of it came, as [System#nanoTime].
        long lastGrowth() {
            return lastGrowth;
        }

        private void add(VerdictRecord record) {
            switch (record.getWhatCase()) {
                case INSTANCE -> {
                    instances++;
                    states.merge(record.getInstance().getState(), 1, Integer::sum);
                }
                case WORKLOAD -> workloads++;
                case SNAPSHOT -> {
                    settled++;
                    if (!record.getSnapshot().getComplete()) {
                        problem = record.getSnapshot().getProblem();
                    }
                }
                case WHAT_NOT_SET -> throw new BenchException("the detector wrote an empty verdict");
            }
        }
    }

    /// Waits until so many partitions have settled a complete snapshot and nothing more comes, and reads what came.
    ///
    /// @param settled how many reports of settled snapshots to expect
    /// @param conformant how many verdicts to expect at least that say so
    /// @param start as [System#nanoTime]
    /// @throws BenchException when they do not come in time, or one of the snapshots is not complete
    Tally await(int settled, long conformant, long start, Duration limit) {
        var tally = new Tally();
        tally.lastGrowth = start;
        long deadline = start + limit.toNanos();
        while (tally.settled < settled || tally.in(Verdict.State.CONFORMANT) < conformant) {
            LockSupport.parkNanos(LOOK_EVERY);
            long end = end();
            long now = System.nanoTime();
            if (end > knownEnd) {
                knownEnd = end;
                tally.lastGrowth = now;
            } else if (now - tally.lastGrowth > QUIET && position() < knownEnd) {
                read(tally);
            }
            if (now > deadline) {
                throw new BenchException("within " + limit.toSeconds() + " s the detector settled only " + tally.settled
                        + " of " + settled + " snapshots and wrote " + tally.instances + " verdicts, "
                        + tally.in(Verdict.State.CONFORMANT) + " of them conformant");
            }
        }
        if (!tally.problem.isEmpty()) {
            throw new BenchException("the detector does not take a snapshot for complete: " + tally.problem);
        }
        return tally;
    }

    private long end() {
        return consumer.endOffsets(partitions).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private long position() {
        return partitions.stream().mapToLong(consumer::position).sum();
    }

    private void read(Tally tally) {
        while (position() < knownEnd) {
            ConsumerRecords<byte[], VerdictRecord> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], VerdictRecord> record : records) {
                if (record.value() != null) {
                    tally.add(record.value());
                }
            }
        }
    }

    @Override
    public void close() {
        consumer.close();
    }
}
