package dev.snowmelt.schemas.topic;

import static org.apache.kafka.common.config.TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Creates Snowmelt's topics on a broker. What exists is compared, never changed: how a topic in
/// use should be altered is for people to decide.
public final class TopicProvisioning {
    private static final Duration RETRY = Duration.ofMillis(50);

    private final Admin admin;
    private final short replicationFactor;
    private final int minInSyncReplicas;
    private final Duration timeout;

    /// @param replicationFactor replicas of each partition, 1 to the number of brokers; production:
    /// 3
    /// @param minInSyncReplicas how many must have a record before it is acknowledged, 1 to
    /// `replicationFactor`; production: 2
    /// @param timeout for each call to the broker
    public TopicProvisioning(Admin admin, int replicationFactor, int minInSyncReplicas, Duration timeout) {
        if (minInSyncReplicas < 1 || minInSyncReplicas > replicationFactor || replicationFactor > Short.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "min.insync.replicas must be from 1 to the replication factor, but they are " + minInSyncReplicas
                            + " and " + replicationFactor);
        }
        this.admin = admin;
        this.replicationFactor = (short) replicationFactor;
        this.minInSyncReplicas = minInSyncReplicas;
        this.timeout = timeout;
    }

    /// How one topic fared.
    public sealed interface Result {
        /// Full name of the topic.
        String topic();
    }

    /// It was created.
    public record Created(String topic) implements Result {}

    /// It existed, with the settings it should have.
    public record Exists(String topic) implements Result {}

    /// It existed with other settings and was left as it is.
    ///
    /// @param differences at least one, of what brokers told
    /// @param settingsTold false: brokers tell this user only partitions and replicas, for it lacks
    /// `DESCRIBE_CONFIGS`; any setting may differ too
    public record Differs(String topic, List<Difference> differences, boolean settingsTold) implements Result {
        /// Keeps a copy.
        public Differs {
            differences = List.copyOf(differences);
        }
    }

    /// It does not exist, and was not to be created.
    public record Missing(String topic) implements Result {}

    /// Brokers do not tell this user of it: whether it exists, or how it is set. What they do tell
    /// is as it should be.
    ///
    /// @param right what the user would need: `DESCRIBE` or `DESCRIBE_CONFIGS`
    public record NotTold(String topic, AclOperation right) implements Result {}

    /// One setting that is not what it should be.
    ///
    /// @param setting `partitions`, `replication.factor` or the name of a topic configuration
    /// @param is its value on the broker
    /// @param shouldBe its value here
    public record Difference(String setting, String is, String shouldBe) {
        private static final Set<String> DECISIVE =
                Set.of("partitions", TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG);

        /// True when it decides whether anything is right at all; otherwise, how long or how safely
        /// it is kept, which people may have reasons to want otherwise.
        public boolean decisive() {
            return DECISIVE.contains(setting)
                    || (setting.equals(TopicConfig.MAX_MESSAGE_BYTES_CONFIG) && !isAtLeastAsMuch());
        }

        /// A topic may take larger records than Snowmelt writes.
        private boolean isAtLeastAsMuch() {
            try {
                return Long.parseLong(is) >= Long.parseLong(shouldBe);
            } catch (NumberFormatException _) {
                return false;
            }
        }
    }

    /// Creates what is missing and compares the rest. Safe to repeat and to run twice at once.
    ///
    /// @return one result a topic, in the order of [Topics#all]
    /// @throws KafkaException when the broker refuses to create or to describe, or does not answer
    public List<Result> provision(Topics topics) {
        Map<String, Result> results = new LinkedHashMap<>();
        List<Topic<?, ?>> existing = new ArrayList<>();
        Map<String, KafkaFuture<Void>> creations = admin.createTopics(
                        topics.all().stream().map(this::newTopic).toList(),
                        new CreateTopicsOptions().timeoutMs((int) timeout.toMillis()))
                .values();
        for (Topic<?, ?> topic : topics.all()) {
            if (created(AdminCalls.about(topic.name(), creations))) {
                results.put(topic.name(), new Created(topic.name()));
            } else {
                existing.add(topic);
                results.put(topic.name(), new Exists(topic.name()));
            }
        }
        awaitKnown(topics.all().stream().<String>map(Topic::name).toList());
        results.putAll(compare(existing));
        return List.copyOf(results.values());
    }

    /// Compares and creates nothing.
    ///
    /// @return one result a topic, in the order of [Topics#all]: missing, exists, differs or not
    /// told
    /// @throws KafkaException when the broker does not answer
    public List<Result> inspect(Topics topics) {
        Map<String, Result> results = new LinkedHashMap<>();
        List<Topic<?, ?>> existing = new ArrayList<>();
        Map<String, KafkaFuture<TopicDescription>> descriptions = admin.describeTopics(
                        topics.all().stream().<String>map(Topic::name).toList(),
                        new DescribeTopicsOptions().timeoutMs((int) timeout.toMillis()))
                .topicNameValues();
        for (Topic<?, ?> topic : topics.all()) {
            try {
                var _ = AdminCalls.get(AdminCalls.about(topic.name(), descriptions));
                existing.add(topic);
                results.put(topic.name(), new Exists(topic.name()));
            } catch (UnknownTopicOrPartitionException _) {
                results.put(topic.name(), new Missing(topic.name()));
            } catch (AuthorizationException _) {
                results.put(topic.name(), new NotTold(topic.name(), AclOperation.DESCRIBE));
            }
        }
        results.putAll(compare(existing));
        return List.copyOf(results.values());
    }

    /// The controller says "created" before every broker has heard of it; whoever comes next would
    /// not find the topic.
    private void awaitKnown(List<String> names) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            try {
                describe(names);
                return;
            } catch (UnknownTopicOrPartitionException e) {
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
            try {
                Thread.sleep(RETRY);
            } catch (InterruptedException e) {
                throw new InterruptException(e);
            }
        }
    }

    private Map<String, TopicDescription> describe(List<String> names) {
        return AdminCalls.get(
                admin.describeTopics(names, new DescribeTopicsOptions().timeoutMs((int) timeout.toMillis()))
                        .allTopicNames());
    }

    /// The settings that a topic is created with.
    public Map<String, String> settings(Topic<?, ?> topic) {
        Map<String, String> settings = new TreeMap<>(topic.settings());
        settings.put(MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(minInSyncReplicas));
        return settings;
    }

    private NewTopic newTopic(Topic<?, ?> topic) {
        return new NewTopic(topic.name(), topic.partitions(), replicationFactor).configs(settings(topic));
    }

    private static boolean created(KafkaFuture<Void> creation) {
        try {
            AdminCalls.get(creation);
            return true;
        } catch (TopicExistsException _) {
            return false;
        }
    }

    private Map<String, Result> compare(List<Topic<?, ?>> existing) {
        if (existing.isEmpty()) {
            return Map.of();
        }
        List<String> names = existing.stream().<String>map(Topic::name).toList();
        Map<String, TopicDescription> descriptions = describe(names);
        Map<ConfigResource, KafkaFuture<Config>> configs = admin.describeConfigs(
                        names.stream().map(TopicProvisioning::resource).toList(),
                        new DescribeConfigsOptions().timeoutMs((int) timeout.toMillis()))
                .values();
        return existing.stream()
                .collect(Collectors.toMap(
                        Topic::name,
                        topic -> compare(
                                topic,
                                AdminCalls.about(topic.name(), descriptions),
                                AdminCalls.about(resource(topic.name()), configs))));
    }

    /// @param asked the topic's settings, as brokers tell or refuse them
    Result compare(Topic<?, ?> topic, TopicDescription description, KafkaFuture<Config> asked) {
        List<Difference> differences = differences(topic, description);
        boolean told = true;
        try {
            differences.addAll(differences(topic, AdminCalls.get(asked)));
        } catch (AuthorizationException _) {
            // Who may write to a topic may describe it, but not its settings: that is a right of its own.
            told = false;
        }
        if (!differences.isEmpty()) {
            return new Differs(topic.name(), differences, told);
        }
        return told ? new Exists(topic.name()) : new NotTold(topic.name(), AclOperation.DESCRIBE_CONFIGS);
    }

    private List<Difference> differences(Topic<?, ?> topic, TopicDescription description) {
        List<Difference> differences = new ArrayList<>();
        int partitions = description.partitions().size();
        if (partitions != topic.partitions()) {
            differences.add(new Difference("partitions", "" + partitions, "" + topic.partitions()));
        }
        int replicas = description.partitions().getFirst().replicas().size();
        if (replicas != replicationFactor) {
            differences.add(new Difference("replication.factor", "" + replicas, "" + replicationFactor));
        }
        return differences;
    }

    private List<Difference> differences(Topic<?, ?> topic, Config config) {
        List<Difference> differences = new ArrayList<>();
        settings(topic).forEach((setting, shouldBe) -> {
            var entry = config.get(setting);
            String is = entry == null || entry.value() == null ? "" : entry.value();
            if (!is.equals(shouldBe)) {
                differences.add(new Difference(setting, is, shouldBe));
            }
        });
        return differences;
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }
}
