package dev.snowmelt.cli.doctor;

import static java.util.stream.Collectors.joining;

import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.TopicProvisioning.Difference;
import dev.snowmelt.schemas.topic.TopicProvisioning.Result;
import dev.snowmelt.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartitionInfo;

/// The topics: that they exist, with the settings that promises rest on, and enough replicas.
record TopicFindings(Brokers brokers, Topics topics, int nodes) {
    /// What these are decides whether anything is right at all; the others, how long or how safely it is kept.
    private static final Set<String> DECISIVE =
            Set.of("partitions", "cleanup.policy", "message.timestamp.type", "max.message.bytes");

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
        return differences.stream().anyMatch(each -> DECISIVE.contains(each.setting()))
                ? Finding.fail("kafka.topics", found, todo)
                : Finding.warn("kafka.topics", found, todo);
    }

    private void replication(Consumer<Finding> tell) throws InterruptedException {
        Map<String, KafkaException> refused = new HashMap<>();
        Map<String, TopicDescription> described = Brokers.each(
                brokers.admin()
                        .describeTopics(
                                topics.all().stream().<String>map(Topic::name).toList(),
                                new DescribeTopicsOptions().timeoutMs(Brokers.CALL_MILLIS))
                        .topicNameValues(),
                refused);
        if (described.isEmpty()) {
            tell.accept(Finding.skipped("kafka.replication", "there are no topics to look at"));
            return;
        }
        List<TopicPartitionInfo> partitions = described.values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .toList();
        long leaderless =
                partitions.stream().filter(each -> each.leader() == null).count();
        long behind = partitions.stream()
                .filter(each -> each.isr().size() < each.replicas().size())
                .count();
        int fewest = partitions.stream()
                .mapToInt(each -> each.replicas().size())
                .min()
                .orElse(0);
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
        } else if (leaderless + behind == 0) {
            tell.accept(Finding.ok("kafka.replication", "at least " + fewest + " replicas, all in sync"));
        }
        inSync(tell, described, fewest);
    }

    private void inSync(Consumer<Finding> tell, Map<String, TopicDescription> described, int replicas)
            throws InterruptedException {
        if (replicas < 2) {
            return; // One replica is in sync with itself: said above.
        }
        var resources = described.keySet().stream()
                .map(name -> new org.apache.kafka.common.config.ConfigResource(
                        org.apache.kafka.common.config.ConfigResource.Type.TOPIC, name))
                .toList();
        var configs = Brokers.get(brokers.admin().describeConfigs(resources).all());
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
