package dev.snowmelt.cli.doctor;

import static java.util.stream.Collectors.joining;

import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.TopicProvisioning.Difference;
import dev.snowmelt.schemas.topic.TopicProvisioning.Result;
import dev.snowmelt.schemas.topic.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/// The topics: that they exist, with the settings that promises rest on, and enough replicas.
record TopicFindings(Brokers brokers, Topics topics, int nodes) {
    private static final Set<String> REPLICAS = Set.of("replication.factor", "min.insync.replicas");
    private static final int WANTED_REPLICAS = 3;

    void look(Consumer<Finding> tell) throws InterruptedException {
        Brokers.tryTo("kafka.topics", tell, () -> settings(tell));
        Brokers.tryTo("kafka.replication", tell, () -> replication(tell));
    }

    private void settings(Consumer<Finding> tell) {
        var kafka = brokers.kafka();
        List<Result> results = new TopicProvisioning(
                        brokers.admin(),
                        kafka.replicationFactor(),
                        kafka.minInSyncReplicas(),
                        Duration.ofMillis(Brokers.CALL_MILLIS))
                .inspect(topics);
        boolean all = true;
        List<String> missing = results.stream()
                .filter(TopicProvisioning.Missing.class::isInstance)
                .map(Result::topic)
                .toList();
        if (!missing.isEmpty()) {
            all = false;
            tell.accept(Finding.fail(
                    "kafka.topics",
                    String.join(", ", missing) + (missing.size() == 1 ? " does" : " do") + " not exist",
                    "run 'snowmelt topics create', or correct kafka.prefix, which is '" + kafka.prefix() + "'"));
        }
        for (Result result : results) {
            if (result instanceof TopicProvisioning.Differs(String topic, List<Difference> differences)) {
                // Replicas have a check of their own, which knows how many brokers there are.
                List<Difference> said = differences.stream()
                        .filter(each -> !REPLICAS.contains(each.setting()))
                        .toList();
                if (!said.isEmpty()) {
                    all = false;
                    tell.accept(difference(topic, said));
                }
            }
        }
        if (all) {
            tell.accept(Finding.ok(
                    "kafka.topics",
                    results.size() + " topics with " + topics.partitions() + " partitions each, and their settings"));
        }
    }

    private static Finding difference(String topic, List<Difference> differences) {
        String found = topic + ": "
                + differences.stream()
                        .map(each -> each.setting() + " is '" + each.is() + "', should be '" + each.shouldBe() + "'")
                        .collect(joining("; "));
        if (differences.stream().anyMatch(each -> each.setting().equals("partitions"))) {
            return Finding.fail(
                    "kafka.topics",
                    found,
                    "set kafka.partitions to what every topic has, or recreate the topic: all need the same number");
        }
        String todo = "kafka-configs.sh --alter --entity-type topics --entity-name " + topic + " --add-config "
                + differences.stream()
                        .map(each -> each.setting() + "=" + each.shouldBe())
                        .collect(joining(","));
        return differences.stream().anyMatch(Difference::decisive)
                ? Finding.fail("kafka.topics", found, todo)
                : Finding.warn("kafka.topics", found, todo);
    }

    private void replication(Consumer<Finding> tell) throws InterruptedException {
        Map<String, TopicDescription> described =
                described(topics.all().stream().<String>map(Topic::name).toList());
        if (described.isEmpty()) {
            tell.accept(Finding.skipped("kafka.replication", "there are no topics to look at"));
            return;
        }
        Map<String, TopicDescription> internal = described(InternalTopics.existing(brokers, topics));
        List<TopicPartitionInfo> partitions = Stream.concat(described.values().stream(), internal.values().stream())
                .flatMap(topic -> topic.partitions().stream())
                .toList();
        long leaderless =
                partitions.stream().filter(each -> each.leader() == null).count();
        long behind = partitions.stream()
                .filter(each -> each.isr().size() < each.replicas().size())
                .count();
        int fewest = described.values().stream()
                .mapToInt(TopicFindings::replicas)
                .min()
                .orElse(0);
        List<String> thin = internal.values().stream()
                .filter(topic -> replicas(topic) < fewest)
                .map(topic -> topic.name() + " (" + replicas(topic) + ")")
                .sorted()
                .toList();
        if (leaderless > 0) {
            tell.accept(Finding.fail(
                    "kafka.replication",
                    leaderless + " of " + partitions.size() + " partitions have no leader: nothing is read or written"
                            + " there",
                    "bring the brokers back that hold them: kafka-topics.sh --describe --unavailable-partitions"));
        } else if (behind > 0) {
            tell.accept(Finding.warn(
                    "kafka.replication",
                    behind + " of " + partitions.size() + " partitions have replicas that are behind or down",
                    "see which broker: kafka-topics.sh --describe --under-replicated-partitions"));
        }
        if (fewest < WANTED_REPLICAS) {
            tell.accept(Finding.warn(
                    "kafka.replication",
                    (fewest == 1 ? "there are partitions with 1 replica" : "there are partitions with 2 replicas")
                            + " on " + nodes + (nodes == 1 ? " broker" : " brokers")
                            + ": a broker's loss loses evidence, or stops everything",
                    "production: 3 brokers, replication factor 3, min.insync.replicas 2 (promise S4 rests on it)"));
        }
        if (!thin.isEmpty()) {
            tell.accept(Finding.warn(
                    "kafka.replication",
                    "fewer replicas than Snowmelt's own topics, which have " + fewest + ": " + String.join(", ", thin)
                            + ": what roles remember is lost with one broker",
                    "kafka-reassign-partitions.sh gives them more; of " + InternalTopics.TRANSACTIONS
                            + " the brokers' transaction.state.log.replication.factor decides when it is made"));
        }
        if (fewest >= WANTED_REPLICAS && thin.isEmpty() && leaderless + behind == 0) {
            tell.accept(Finding.ok(
                    "kafka.replication",
                    "at least " + fewest + " replicas, all in sync, of " + described.size() + " topics and "
                            + internal.size() + " that Kafka made"));
        }
        if (!internal.containsKey(InternalTopics.TRANSACTIONS)) {
            tell.accept(Finding.skipped(
                    "kafka.replication",
                    InternalTopics.TRANSACTIONS + " does not exist yet, or may not be described by this user"));
        }
        Map<String, TopicDescription> all = new HashMap<>(described);
        all.putAll(internal);
        inSync(tell, all);
    }

    private Map<String, TopicDescription> described(Collection<String> names) throws InterruptedException {
        return Brokers.each(
                brokers.admin()
                        .describeTopics(names, new DescribeTopicsOptions().timeoutMs(Brokers.CALL_MILLIS))
                        .topicNameValues(),
                new HashMap<>());
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
                    "kafka.replication",
                    "min.insync.replicas is not told of "
                            + refused.keySet().stream()
                                    .map(ConfigResource::name)
                                    .sorted()
                                    .collect(joining(", "))));
        }
        List<String> few = configs.entrySet().stream()
                .filter(each -> {
                    var entry = each.getValue().get("min.insync.replicas");
                    return entry != null && entry.value() != null && Integer.parseInt(entry.value()) < 2;
                })
                .map(each -> each.getKey().name())
                .sorted()
                .toList();
        if (!few.isEmpty()) {
            tell.accept(Finding.warn(
                    "kafka.replication",
                    "min.insync.replicas is 1 of " + String.join(", ", few)
                            + ": what is acknowledged may be lost with one broker",
                    "set it to 2: a command must be durable before the call that it orders"));
        }
    }
}
