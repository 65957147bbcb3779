package dev.snowmelt.detector.collect;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// The consumer whose membership of a group is what [GroupLeadership] rests on. It reads nothing.
final class LeadershipConsumer {
    private LeadershipConsumer() {}

    /// @param kafka how to reach Kafka; what leadership rests on is overridden
    /// @param session how long the group waits for a member that is not heard of
    /// @param renewal time between two heartbeats
    static Consumer<byte[], byte[]> open(Map<String, Object> kafka, String group, Duration session, Duration renewal) {
        return new KafkaConsumer<>(
                config(kafka, group, session, renewal), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Map<String, Object> config(
            Map<String, Object> kafka, String group, Duration session, Duration renewal) {
        Map<String, Object> config = new HashMap<>(kafka);
        config.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        config.remove(ConsumerConfig.GROUP_REMOTE_ASSIGNOR_CONFIG);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, group);
        // In the newer protocol the broker assigns, and sets the session timeout.
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, LeaderAssignor.class.getName());
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) session.toMillis());
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) renewal.toMillis());
        // While the group agrees anew, the coordinator takes commits of members that have not heard of it yet,
        // and removes them after this: it must be far behind the session that such a commit is trusted for.
        config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, (int) (20 * session.toMillis()));
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        return config;
    }
}
