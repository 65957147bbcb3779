package dev.snowmelt.cli.doctor;

import static java.util.stream.Collectors.joining;

import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.TopicProvisioning.Difference;
import dev.snowmelt.schemas.topic.TopicProvisioning.Result;
import dev.snowmelt.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.acl.AclOperation;

/// The topics: that they exist, with the settings that promises rest on.
record TopicFindings(Brokers brokers, Topics topics) {
    private static final Set<String> REPLICAS = Set.of("replication.factor", "min.insync.replicas");

    void look(Consumer<Finding> tell) throws InterruptedException {
        Brokers.tryTo("kafka.topics", tell, () -> of(compared()).forEach(tell));
    }

    private List<Result> compared() {
        var kafka = brokers.kafka();
        return new TopicProvisioning(
                        brokers.admin(),
                        kafka.replicationFactor(),
                        kafka.minInSyncReplicas(),
                        Duration.ofMillis(Brokers.CALL_MILLIS))
                .inspect(topics);
    }

    /// The findings, of what was compared.
    List<Finding> of(List<Result> results) {
        List<Finding> findings = new ArrayList<>();
        boolean all = true;
        List<String> missing = results.stream()
                .filter(TopicProvisioning.Missing.class::isInstance)
                .map(Result::topic)
                .toList();
        if (!missing.isEmpty()) {
            all = false;
            findings.add(Finding.fail(
                    "kafka.topics",
                    String.join(", ", missing) + (missing.size() == 1 ? " does" : " do") + " not exist",
                    "run 'snowmelt topics create', or correct kafka.prefix, which is '"
                            + brokers.kafka().prefix() + "'"));
        }
        for (Result result : results) {
            if (result instanceof TopicProvisioning.Differs differs) {
                // Replicas have a check of their own, which knows how many brokers there are.
                List<Difference> said = differs.differences().stream()
                        .filter(each -> !REPLICAS.contains(each.setting()))
                        .toList();
                if (!said.isEmpty()) {
                    all = false;
                    findings.add(difference(differs.topic(), said));
                }
            }
        }
        long told = results.stream().filter(each -> hidden(each).isEmpty()).count();
        if (all && told > 0) {
            findings.add(Finding.ok(
                    "kafka.topics",
                    told + (told == 1 ? " topic with " : " topics with ") + topics.partitions()
                            + " partitions each, and their settings"));
        }
        notTold(results, AclOperation.DESCRIBE, "whether these exist").ifPresent(findings::add);
        notTold(results, AclOperation.DESCRIBE_CONFIGS, "the settings of these, which exist")
                .ifPresent(findings::add);
        return findings;
    }

    private static Optional<Finding> notTold(List<Result> results, AclOperation right, String what) {
        List<String> topics = results.stream()
                .filter(each -> hidden(each).equals(Optional.of(right)))
                .map(Result::topic)
                .toList();
        return topics.isEmpty()
                ? Optional.empty()
                : Optional.of(Finding.skipped(
                        "kafka.topics",
                        Brokers.NOT_TOLD + " " + what + " (" + right + "): " + String.join(", ", topics)));
    }

    /// The right that this user lacks to be told everything of it; empty: everything was told.
    private static Optional<AclOperation> hidden(Result result) {
        return switch (result) {
            case TopicProvisioning.NotTold hidden -> Optional.of(hidden.right());
            case TopicProvisioning.Differs differs ->
                differs.settingsTold() ? Optional.empty() : Optional.of(AclOperation.DESCRIBE_CONFIGS);
            case TopicProvisioning.Created _, TopicProvisioning.Exists _, TopicProvisioning.Missing _ ->
                Optional.empty();
        };
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
}
