package dev.snowmelt.streams;

import dev.snowmelt.schemas.topic.Durability;
import dev.snowmelt.schemas.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/// Where a role runs and how it speaks to Kafka.
///
/// @param bootstrapServers `host:port` with commas
/// @param stateDir folder of the stores; every process of a machine needs its own, the roles of one
/// process share it
/// @param member name that this process keeps over restarts (static membership: a restart within 6
/// s moves no partition); empty: it leaves the group when it is closed
/// @param threads stream threads, 1 or more; more than partitions are idle
/// @param standbys copies of the stores that other processes of the role keep warm, 0 or more: who
/// takes a partition over need not read its changelog first
/// @param rocksMemoryBytes memory of all RocksDB stores of the role together: block cache and
/// memtables, at least 16 MiB
/// @param kafka further settings of Streams and its clients (security); what is set here wins
public record StreamsSettings(
        String bootstrapServers,
        Path stateDir,
        String member,
        int threads,
        int standbys,
        long rocksMemoryBytes,
        Map<String, Object> kafka) {
    /// After this the group takes a silent member for dead. Kafka's default of 45 s would be paid
    /// at every crash.
    public static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

    /// Enough for a role that keeps little.
    public static final long ROCKS_MEMORY_BYTES = 64L << 20;

    private static final Duration HEARTBEAT = Duration.ofSeconds(2);
    private static final String MIN_IN_SYNC_REPLICAS =
            StreamsConfig.topicPrefix(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
    private static final long LEAST_ROCKS_MEMORY = 16L << 20;
    private static final List<String> CLIENTS_OF_STREAMS =
            List.of("main.", "restore.", "global.", "consumer.", "producer.", "admin.", "topic.");

    /// @throws IllegalArgumentException when a value is out of its range
    public StreamsSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("at least 1 stream thread, not " + threads);
        }
        if (standbys < 0) {
            throw new IllegalArgumentException("no fewer than 0 standbys, not " + standbys);
        }
        if (rocksMemoryBytes < LEAST_ROCKS_MEMORY) {
            throw new IllegalArgumentException("RocksDB needs at least 16 MiB, not " + rocksMemoryBytes + " bytes");
        }
        kafka = Map.copyOf(kafka);
    }

    /// One thread, no member name, no standby, [#ROCKS_MEMORY_BYTES], nothing else set.
    public static StreamsSettings of(String bootstrapServers, Path stateDir) {
        return new StreamsSettings(bootstrapServers, stateDir, "", 1, 0, ROCKS_MEMORY_BYTES, Map.of());
    }

    /// The same with another member name.
    public StreamsSettings withMember(String name) {
        return new StreamsSettings(bootstrapServers, stateDir, name, threads, standbys, rocksMemoryBytes, kafka);
    }

    /// The same with another number of threads.
    public StreamsSettings withThreads(int number) {
        return new StreamsSettings(bootstrapServers, stateDir, member, number, standbys, rocksMemoryBytes, kafka);
    }

    /// The same with another number of standbys.
    public StreamsSettings withStandbys(int number) {
        return new StreamsSettings(bootstrapServers, stateDir, member, threads, number, rocksMemoryBytes, kafka);
    }

    /// The same with another memory.
    public StreamsSettings withRocksMemory(long bytes) {
        return new StreamsSettings(bootstrapServers, stateDir, member, threads, standbys, bytes, kafka);
    }

    /// The same with other settings of Streams and its clients.
    public StreamsSettings withKafka(Map<String, Object> settings) {
        return new StreamsSettings(bootstrapServers, stateDir, member, threads, standbys, rocksMemoryBytes, settings);
    }

    /// True when the process keeps its place in the group over a restart.
    boolean staticMember() {
        return !member.isEmpty();
    }

    /// Settings of `KafkaStreams`, but for objects that live as long as it does.
    public Map<String, Object> streamsConfig(StreamsApplication application) {
        var config = new HashMap<String, Object>();
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, application.id());
        config.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        config.put(StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG, standbys);
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        config.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), (int)
                SESSION_TIMEOUT.toMillis());
        config.put(
                StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), (int) HEARTBEAT.toMillis());
        if (staticMember()) {
            config.put(StreamsConfig.consumerPrefix(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG), member);
        }
        // A dead letter is the unreadable record and its headers: larger than the record was.
        config.put(StreamsConfig.producerPrefix(ProducerConfig.MAX_REQUEST_SIZE_CONFIG), Topics.LARGEST_RECORD);
        config.putAll(application.delivery().config());
        config.putAll(application.config());
        config.putAll(kafka);
        return config;
    }

    /// Has topics that Streams is still to make kept as well as these, unless the settings say otherwise. Topics that
    /// exist stay as they are.
    static void keepAs(Durability topics, Map<String, Object> config) {
        config.putIfAbsent(StreamsConfig.REPLICATION_FACTOR_CONFIG, topics.replicas());
        Object replicas = ConfigDef.parseType(
                StreamsConfig.REPLICATION_FACTOR_CONFIG,
                config.get(StreamsConfig.REPLICATION_FACTOR_CONFIG),
                ConfigDef.Type.INT);
        topics.inSync().ifPresent(inSync -> {
            // More than there are replicas, and nothing could be written.
            if (replicas instanceof Integer number && number >= inSync) {
                config.putIfAbsent(MIN_IN_SYNC_REPLICAS, Integer.toString(inSync));
            }
        });
    }

    /// Settings of an admin client beside Streams: what was set, but for what is meant for Streams'
    /// own clients.
    public Map<String, Object> adminConfig() {
        var config = new HashMap<>(kafka);
        config.keySet().removeIf(key -> CLIENTS_OF_STREAMS.stream().anyMatch(key::startsWith));
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return config;
    }
}
