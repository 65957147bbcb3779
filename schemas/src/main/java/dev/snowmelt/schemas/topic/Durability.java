package dev.snowmelt.schemas.topic;

import static org.apache.kafka.common.config.TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;

/// How many brokers keep what topics hold, and how many must before it counts.
///
/// @param replicas of each partition, 1 or more
/// @param inSync `min.insync.replicas`, 1 to `replicas`; empty: this user may not ask
public record Durability(int replicas, OptionalInt inSync) {
    /// That of the topic that is kept best.
    ///
    /// @param topics at least one; all exist
    /// @param timeoutMillis for each call to the brokers
    /// @throws KafkaException when the brokers refuse or do not answer
    public static Durability best(Admin admin, Collection<Topic<?, ?>> topics, int timeoutMillis) {
        List<String> names = topics.stream().<String>map(Topic::name).toList();
        int replicas = AdminCalls.get(admin.describeTopics(names, new DescribeTopicsOptions().timeoutMs(timeoutMillis))
                        .allTopicNames())
                .values()
                .stream()
                .mapToInt(topic -> topic.partitions().getFirst().replicas().size())
                .max()
                .orElseThrow(() -> new IllegalArgumentException("no topics to look at"));
        OptionalInt inSync = inSync(admin, names, timeoutMillis);
        return new Durability(
                replicas, inSync.isPresent() ? OptionalInt.of(Math.min(replicas, inSync.getAsInt())) : inSync);
    }

    /// Who may write to a topic may describe it, but not its settings: that is a right of its own.
    private static OptionalInt inSync(Admin admin, List<String> names, int timeoutMillis) {
        Map<ConfigResource, Config> configs;
        try {
            configs = AdminCalls.get(admin.describeConfigs(
                            names.stream()
                                    .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
                                    .toList(),
                            new DescribeConfigsOptions().timeoutMs(timeoutMillis))
                    .all());
        } catch (AuthorizationException _) {
            return OptionalInt.empty();
        }
        return configs.values().stream()
                .mapToInt(config -> {
                    ConfigEntry entry = config.get(MIN_IN_SYNC_REPLICAS_CONFIG);
                    return entry == null || entry.value() == null ? 1 : Integer.parseInt(entry.value());
                })
                .max();
    }
}
