package dev.snowmelt.bench.detector;

import dev.snowmelt.bench.fleet.Segment;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Observation;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// The yardstick: a bare consumer with Kafka's defaults that parses each observation and does nothing with it.
public final class ParsingConsumer implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaConsumer<byte[], Observation> consumer;
    private long sink;

    public ParsingConsumer(Topics topics, String bootstrapServers) {
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        // Only matters at the end of the log, where a pass begins again: a fetch that is still waiting
                        // there
                        // for more must not hold it up.
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        1),
                new ByteArrayDeserializer(),
                topics.observations().valueSerde().deserializer());
    }

    /// Reads a segment on this thread, again and again until that took long enough to be measured.
    ///
    /// @param atLeast how long to go on; at least one whole pass
    /// @return records per second
    public double rate(Segment segment, Duration atLeast) {
        consumer.assign(segment.from().keySet());
        long records = 0;
        long start = System.nanoTime();
        long elapsed;
        do {
            records += pass(segment);
            elapsed = System.nanoTime() - start;
        } while (elapsed < atLeast.toNanos());
        return records * (double) TimeUnit.SECONDS.toNanos(1) / elapsed;
    }

    private long pass(Segment segment) {
        segment.from().forEach(consumer::seek);
        long expected = segment.records();
        long seen = 0;
        while (seen < expected) {
            ConsumerRecords<byte[], Observation> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], Observation> record : records) {
                // Something must depend on what was parsed, or the compiler may leave it out.
                sink += record.value().getWhatCase().getNumber();
            }
            seen += records.count();
        }
        return seen;
    }

    /// Something that depends on everything that was parsed.
    public long sink() {
        return sink;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
