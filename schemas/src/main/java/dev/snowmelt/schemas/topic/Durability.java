package dev.snowmelt.schemas.topic;

import static org.apache.kafka.common.config.TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;

import java.util.List;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;

/// How many brokers keep what a topic holds, and how many must before it counts.
///
/// @param replicas of each partition, 1 or more
/// @param inSync `min.insync.replicas`, 1 to `replicas`; empty: this user may not ask
public record Durability(int replicas, OptionalInt inSync) {
    /// That of a topic.
    ///
    /// @param topic exists
    /// @param timeoutMillis for each call to the brokers
    /// @throws KafkaException when the brokers refuse or do not answer
    public static Durability of(Admin admin, Topic<?, ?> topic, int timeoutMillis) {
        String name = topic.name();
        int replicas = AdminCalls.get(
                        admin.describeTopics(List.of(name), new DescribeTopicsOptions().timeoutMs(timeoutMillis))
                                .allTopicNames())
                .values()
                .iterator()
                .next()
                .partitions()
                .getFirst()
                .replicas()
                .size();
        OptionalInt inSync = inSync(admin, name, timeoutMillis);
        return new Durability(
                replicas, inSync.isPresent() ? OptionalInt.of(Math.min(replicas, inSync.getAsInt())) : inSync);
    }

    /// Who may write to a topic may describe it, but not its settings: that is a right of its own.
    private static OptionalInt inSync(Admin admin, String topic, int timeoutMillis) {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            ConfigEntry entry = AdminCalls.get(admin.describeConfigs(
                                    List.of(resource), new DescribeConfigsOptions().timeoutMs(timeoutMillis))
                            .all())
                    .values()
                    .iterator()
                    .next()
                    .get(MIN_IN_SYNC_REPLICAS_CONFIG);
            return OptionalInt.of(entry == null || entry.value() == null ? 1 : Integer.parseInt(entry.value()));
        } catch (AuthorizationException _) {
            return OptionalInt.empty();
        }
    }
}
