package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/// Where the detector runs and how it speaks to Kafka.
///
/// @param bootstrapServers `host:port` with commas
/// @param stateDir folder of the stores; every process of a machine needs its own
/// @param member name that this process keeps over restarts (static membership: a restart within 6 s moves no
/// partition);
/// empty: it leaves the group when it is closed
/// @param threads stream threads, 1 or more; more than partitions are idle
/// @param rocksMemoryBytes memory of all RocksDB stores together: block cache and memtables, at least 16 MiB
/// @param kafka further settings of Streams and its clients (security); what is set here wins
public record StreamsSettings(
        String bootstrapServers,
        Path stateDir,
        String member,
        int threads,
        long rocksMemoryBytes,
        Map<String, Object> kafka) {
    /// After this the group takes a silent member for dead. Kafka's default of 45 s would be paid at every crash.
    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final Duration COMMIT_INTERVAL = Duration.ofSeconds(1);
    private static final int BATCH_BYTES = 128 << 10;
    private static final long BUFFER_BYTES = 64L << 20;
    private static final long LEAST_ROCKS_MEMORY = 16L << 20;
    /// What is used unless configured otherwise.
    public static final long ROCKS_MEMORY_BYTES = 256L << 20;

    /// @throws IllegalArgumentException when a value is out of its range
    public StreamsSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("at least 1 stream thread, not " + threads);
        }
        if (rocksMemoryBytes < LEAST_ROCKS_MEMORY) {
            throw new IllegalArgumentException("RocksDB needs at least 16 MiB, not " + rocksMemoryBytes + " bytes");
        }
        kafka = Map.copyOf(kafka);
    }

    /// One thread, no member name, nothing else set.
    public static StreamsSettings of(String bootstrapServers, Path stateDir) {
        return new StreamsSettings(bootstrapServers, stateDir, "", 1, ROCKS_MEMORY_BYTES, Map.of());
    }

    /// True when the process keeps its place in the group over a restart.
    boolean staticMember() {
        return !member.isEmpty();
    }

    /// Settings of `KafkaStreams`, but for objects that live as long as it does.
    ///
    /// @param applicationId consumer group, and prefix of its internal topics
    Map<String, Object> streamsConfig(String applicationId) {
        var config = new HashMap<String, Object>();
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId);
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_INTERVAL.toMillis());
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        // Do not wait for the other input when one is empty, as declarations nearly always are: with any other value
        // Streams
        // formats a message about it before every record, a quarter of all CPU. What is judged before its declaration
        // came is
        // judged again when it comes.
        config.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        config.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksSettings.class);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), (int)
                SESSION_TIMEOUT.toMillis());
        config.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), (int) HEARTBEAT.toMillis());
        // The registrar writes declarations in transactions: an aborted one must never be judged by.
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.ISOLATION_LEVEL_CONFIG), "read_committed");
        if (staticMember()) {
            config.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), member);
        }
        // A dead letter is the unreadable record and its headers: larger than the record was.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Topics.LARGEST_RECORD);
        // A verdict leaves within 1 ms (Kafka's default lingers 5). With one request under way at a time batches fill
        // while
        // it is: every batch costs 64 KiB of LZ4 buffers, which were half of all allocations when everything changes.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 1L);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION), 1);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), BUFFER_BYTES);
        config.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        config.put(StreamsConfig.producerPrefix(ProducerConfig.ACKS_CONFIG), "all");
        config.putAll(kafka);
        return config;
    }
}
