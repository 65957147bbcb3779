package dev.snowmelt.detector.collect;

import dev.snowmelt.detector.scan.Scan;
import dev.snowmelt.detector.scan.ScanRules;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.ScanRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// Reads `scan.requests` while this process is the active collector of a target, and hands on what
/// is in its scope. It begins 10 minutes back, the longest that a scan may wait: what a former
/// holder of the lease left unanswered is answered. What is wrong with a request is said by the
/// scanner, in its report.
final class ScanFollower implements AutoCloseable {
    private static final String PLACE = "scans";
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
    /// Requests are small, and the heap must stay so.
    private static final int FETCH_BYTES = 256 * 1024;

    private final Map<String, Object> kafka;
    private final Topic<@Nullable String, ScanRequest> topic;
    private final TargetId target;
    private final InstantSource clock;
    private final Problems problems;
    private final Consumer<Scan> asked;
    private final Thread thread;
    private @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private final CountDownLatch closed = new CountDownLatch(1);

    /// @param kafka how to reach Kafka
    /// @param asked told each scan in scope whose deadline has not passed; may be told one again
    ScanFollower(
            Map<String, Object> kafka,
            Topic<@Nullable String, ScanRequest> topic,
            TargetId target,
            InstantSource clock,
            Problems problems,
            Consumer<Scan> asked) {
        this.kafka = kafka;
        this.topic = topic;
        this.target = target;
        this.clock = clock;
        this.problems = problems;
        this.asked = asked;
        this.thread = Thread.ofPlatform().daemon().name("scans of " + target).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        var backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));
        while (!isClosed()) {
            try {
                follow(backoff);
            } catch (WakeupException _) {
                return;
            } catch (KafkaException e) {
                problems.report(PLACE, "cannot follow " + topic.name() + ": " + Problems.rootMessage(e));
                pause(backoff.next());
            }
        }
    }

    private void follow(Backoff backoff) {
        try (KafkaConsumer<byte[], byte[]> reader = open()) {
            List<TopicPartition> partitions = reader.partitionsFor(topic.name()).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            reader.assign(partitions);
            seek(reader, partitions);
            while (!isClosed()) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    take(record);
                }
                problems.clear(PLACE);
                backoff.reset();
            }
        } finally {
            synchronized (this) {
                consumer = null;
            }
        }
    }

    private KafkaConsumer<byte[], byte[]> open() {
        Map<String, Object> config = new HashMap<>(kafka);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "scans-" + target.name());
        var reader = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        synchronized (this) {
            consumer = reader;
            if (isClosed()) {
                reader.wakeup();
            }
        }
        return reader;
    }

    private void seek(KafkaConsumer<byte[], byte[]> reader, List<TopicPartition> partitions) {
        long from = clock.millis() - ScanRules.LATEST_DEADLINE.toMillis();
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, from));
        Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
        reader.offsetsForTimes(times).forEach((partition, found) -> {
            Long end = ends.get(partition);
            // Nothing that young: what comes from now on.
            reader.seek(partition, found != null ? found.offset() : end == null ? 0 : end);
        });
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        Instant now = clock.instant();
        // A broker's clock may be ahead, but nothing is asked for later than it is read.
        Instant at = Instant.ofEpochMilli(Math.min(Math.max(0, record.timestamp()), now.toEpochMilli()));
        ScanRequest request;
        try {
            request = topic.valueSerde().deserializer().deserialize(topic.name(), record.value());
        } catch (SerializationException _) {
            return;
        }
        if (request != null
                && ScanRules.check(new RecordId(record.partition(), record.offset()), request, at)
                        instanceof ScanRules.Outcome.Good(Scan scan)
                && scan.covers(target)
                && scan.deadline().isAfter(now)) {
            asked.accept(scan);
        }
    }

    private void pause(Duration duration) {
        try {
            closed.await(duration.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            closed.countDown();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    /// Stops reading within 2 s.
    @Override
    public void close() {
        closed.countDown();
        synchronized (this) {
            KafkaConsumer<byte[], byte[]> reader = consumer;
            if (reader != null) {
                reader.wakeup();
            }
        }
        try {
            thread.join(CLOSE_WITHIN);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
