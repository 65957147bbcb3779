package dev.snowmelt.cli.doctor;

import static java.util.stream.Collectors.joining;

import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// How well the topics are kept: enough replicas, all of them there, and as many of them that must
/// have a record.
record ReplicationFindings(Brokers brokers, Topics topics, int nodes) {
    private static final String CHECK = "kafka.replication";
    private static final int WANTED_REPLICAS = 3;

    void look(Consumer<Finding> tell) throws InterruptedException {
        Brokers.tryTo(CHECK, tell, () -> replication(tell));
    }

    private void replication(Consumer<Finding> tell) throws InterruptedException {
        Set<String> hidden = new TreeSet<>();
        Map<String, TopicDescription> described =
                described(topics.all().stream().<String>map(Topic::name).toList(), hidden);
        Map<String, TopicDescription> internal = described(InternalTopics.existing(brokers, topics), hidden);
        if (!hidden.isEmpty()) {
            tell.accept(Finding.skipped(
                    CHECK, Brokers.NOT_TOLD + " how many replicas these have: " + String.join(", ", hidden)));
        }
        if (described.isEmpty()) {
            if (hidden.isEmpty()) {
                tell.accept(Finding.skipped(CHECK, "there are no topics to look at"));
            }
            return;
        }
        List<TopicPartitionInfo> partitions = Stream.concat(described.values().stream(), internal.values().stream())
                .flatMap(topic -> topic.partitions().stream())
                .toList();
        long leaderless =
                partitions.stream().filter(each -> each.leader() == null).count();
        long behind = partitions.stream()
                .filter(each -> each.isr().size() < each.replicas().size())
                .count();
        int fewest = described.values().stream()
                .mapToInt(ReplicationFindings::replicas)
                .min()
                .orElse(0);
        List<String> thin = internal.values().stream()
                .filter(topic -> replicas(topic) < fewest)
                .map(topic -> topic.name() + " (" + replicas(topic) + ")")
                .sorted()
                .toList();
        if (leaderless > 0) {
            tell.accept(Finding.fail(
                    CHECK,
                    leaderless + " of " + partitions.size() + " partitions have no leader: nothing is read or written"
                            + " there",
                    "bring the brokers back that hold them: kafka-topics.sh --describe --unavailable-partitions"));
        } else if (behind > 0) {
            tell.accept(Finding.warn(
                    CHECK,
                    behind + " of " + partitions.size() + " partitions have replicas that are behind or down",
                    "see which broker: kafka-topics.sh --describe --under-replicated-partitions"));
        }
        if (fewest < WANTED_REPLICAS) {
            tell.accept(Finding.warn(
                    CHECK,
                    (fewest == 1 ? "there are partitions with 1 replica" : "there are partitions with 2 replicas")
                            + " on " + nodes + (nodes == 1 ? " broker" : " brokers")
                            + ": a broker's loss loses evidence, or stops everything",
                    "production: 3 brokers, replication factor 3, min.insync.replicas 2 (promise S4 rests on it)"));
        }
        if (!thin.isEmpty()) {
            tell.accept(Finding.warn(
                    CHECK,
                    "fewer replicas than Snowmelt's own topics, which have " + fewest + ": " + String.join(", ", thin)
                            + ": what roles remember is lost with one broker",
                    "kafka-reassign-partitions.sh gives them more; of " + InternalTopics.TRANSACTIONS
                            + " the brokers' transaction.state.log.replication.factor decides when it is made"));
        }
        if (fewest >= WANTED_REPLICAS && thin.isEmpty() && leaderless + behind == 0) {
            tell.accept(Finding.ok(
                    CHECK,
                    "at least " + fewest + " replicas, all in sync, of " + described.size() + " topics and "
                            + internal.size() + " that Kafka made"));
        }
        if (!internal.containsKey(InternalTopics.TRANSACTIONS)) {
            tell.accept(Finding.skipped(
                    CHECK, InternalTopics.TRANSACTIONS + " does not exist yet, or may not be described by this user"));
        }
        Map<String, TopicDescription> all = new HashMap<>(described);
        all.putAll(internal);
        inSync(tell, all);
    }

    /// What exists of them; what this user may not see goes to `hidden`.
    private Map<String, TopicDescription> described(Collection<String> names, Set<String> hidden)
            throws InterruptedException {
        Map<String, KafkaException> refused = new HashMap<>();
        var described = Brokers.each(
                brokers.admin()
                        .describeTopics(names, new DescribeTopicsOptions().timeoutMs(Brokers.CALL_MILLIS))
                        .topicNameValues(),
                refused);
        refused.forEach((topic, refusal) -> {
            switch (refusal) {
                case AuthorizationException _ -> hidden.add(topic);
                case UnknownTopicOrPartitionException _ -> {} // said of the settings
                default -> throw refusal;
            }
        });
        return described;
    }

    private static int replicas(TopicDescription topic) {
        return topic.partitions().stream()
                .mapToInt(each -> each.replicas().size())
                .min()
                .orElse(0);
    }

    private void inSync(Consumer<Finding> tell, Map<String, TopicDescription> described) throws InterruptedException {
        List<ConfigResource> resources = described.values().stream()
                .filter(topic -> replicas(topic) > 1) // One replica is in sync with itself: said above.
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))
                .toList();
        if (resources.isEmpty()) {
            return;
        }
        Map<ConfigResource, KafkaException> refused = new HashMap<>();
        var configs = Brokers.each(
                brokers.admin()
                        .describeConfigs(resources, new DescribeConfigsOptions().timeoutMs(Brokers.CALL_MILLIS))
                        .values(),
                refused);
        if (!refused.isEmpty()) {
            tell.accept(Finding.skipped(
                    CHECK,
                    "min.insync.replicas is not told of "
                            + refused.keySet().stream()
                                    .map(ConfigResource::name)
                                    .sorted()
                                    .collect(joining(", "))));
        }
        Map<String, Integer> inSync = new TreeMap<>();
        configs.forEach((topic, config) -> {
            var entry = config.get("min.insync.replicas");
            if (entry != null && entry.value() != null) {
                inSync.put(topic.name(), Integer.parseInt(entry.value()));
            }
        });
        Map<String, Integer> replicas = new HashMap<>();
        described.forEach((name, topic) -> replicas.put(name, replicas(topic)));
        inSync(inSync, replicas).forEach(tell);
    }

    /// The findings, of topics with more than one replica.
    ///
    /// @param inSync `min.insync.replicas` of each that is told
    /// @param replicas how many each has
    static List<Finding> inSync(Map<String, Integer> inSync, Map<String, Integer> replicas) {
        List<Finding> findings = new ArrayList<>();
        String few = names(inSync, (_, least) -> least < 2);
        if (!few.isEmpty()) {
            findings.add(Finding.warn(
                    CHECK,
                    "min.insync.replicas is 1 of " + few + ": what is acknowledged may be lost with one broker",
                    "set it to 2: a command must be durable before the call that it orders"));
        }
        String all = names(inSync, (topic, least) -> least >= 2 && least >= replicas.getOrDefault(topic, 0));
        if (!all.isEmpty()) {
            findings.add(Finding.warn(
                    CHECK,
                    "min.insync.replicas is as many as there are replicas of " + all
                            + ": while one broker is away nothing is written there",
                    "set it to one less than the replicas: 3 and 2"));
        }
        return findings;
    }

    private static String names(Map<String, Integer> inSync, BiPredicate<String, Integer> which) {
        return inSync.entrySet().stream()
                .filter(each -> which.test(each.getKey(), each.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .collect(joining(", "));
    }
}
