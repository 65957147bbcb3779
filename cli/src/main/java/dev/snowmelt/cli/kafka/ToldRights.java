package dev.snowmelt.cli.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/// What brokers tell a user of its own rights, without anything being changed for it.
///
/// Of topics and groups that exist they tell every operation. Of a group that does not exist, and
/// of transactional ids, they tell only whether it may be described: who may do that and no more is
/// not found out here.
///
/// @param topics what the user may do with each; nothing for a topic of which brokers do not tell
record ToldRights(Admin admin, Map<String, Optional<Set<AclOperation>>> topics) {
    /// Nothing is called so: it asks for a right on names that begin with something.
    private static final String ANY = "rights-check";

    /// Asks for what the rights are about.
    static ToldRights of(Admin admin, Collection<AclBinding> rights) throws InterruptedException {
        Set<String> names = new TreeSet<>();
        List<String> beginnings = new ArrayList<>();
        for (AclBinding right : rights) {
            ResourcePattern pattern = right.pattern();
            if (pattern.resourceType() == ResourceType.TOPIC) {
                (isPrefixed(right) ? beginnings : names).add(pattern.name());
            }
        }
        if (!beginnings.isEmpty()) {
            answer(admin.listTopics().names())
                    .ifPresent(existing -> existing.stream()
                            .filter(name -> beginnings.stream().anyMatch(name::startsWith))
                            .forEach(names::add));
        }
        Map<String, Optional<Set<AclOperation>>> may = new TreeMap<>();
        var described = admin.describeTopics(names, new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        for (var topic : described.entrySet()) {
            may.put(
                    topic.getKey(),
                    refused(topic.getValue())
                            ? Optional.of(Set.of())
                            : answer(topic.getValue()).map(told -> told.authorizedOperations()));
        }
        return new ToldRights(admin, may);
    }

    private static boolean isPrefixed(AclBinding right) {
        return right.pattern().patternType() == PatternType.PREFIXED;
    }

    /// Topics of which brokers do not say what this user may do: they do not exist.
    Set<String> untold() {
        Set<String> untold = new TreeSet<>();
        topics.forEach((topic, may) -> {
            if (may.isEmpty()) {
                untold.add(topic);
            }
        });
        return untold;
    }

    /// True when brokers said so; what they do not tell is not missing.
    boolean isMissing(AclBinding right) throws InterruptedException {
        AclOperation operation = right.entry().operation();
        String name = right.pattern().name();
        String example = isPrefixed(right) ? name + ANY : name;
        return switch (right.pattern().resourceType()) {
            case GROUP -> groupLacks(example, operation);
            case TRANSACTIONAL_ID ->
                refused(admin.describeTransactions(List.of(example)).description(example));
            case TOPIC -> isPrefixed(right) ? topicsLack(name, operation) : topicLacks(name, operation);
            default -> false;
        };
    }

    private boolean topicLacks(String name, AclOperation operation) {
        return topics.getOrDefault(name, Optional.empty())
                .filter(may -> !may.contains(operation))
                .isPresent();
    }

    private boolean topicsLack(String beginning, AclOperation operation) throws InterruptedException {
        if (operation == AclOperation.CREATE) {
            var none = new NewTopic(beginning + ANY, Optional.of(1), Optional.empty());
            return refused(admin.createTopics(List.of(none), new CreateTopicsOptions().validateOnly(true))
                    .all());
        }
        return topics.keySet().stream()
                .filter(name -> name.startsWith(beginning))
                .anyMatch(name -> topicLacks(name, operation));
    }

    private boolean groupLacks(String name, AclOperation operation) throws InterruptedException {
        KafkaFuture<ConsumerGroupDescription> group = admin.describeConsumerGroups(
                        List.of(name), new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                .describedGroups()
                .get(name);
        return refused(group)
                || answer(group)
                        .map(ConsumerGroupDescription::authorizedOperations)
                        .filter(may -> !may.contains(operation))
                        .isPresent();
    }

    private static <T> Optional<T> answer(@Nullable KafkaFuture<T> asked) throws InterruptedException {
        if (asked == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(asked.get());
        } catch (ExecutionException _) {
            return Optional.empty();
        }
    }

    private static boolean refused(@Nullable KafkaFuture<?> asked) throws InterruptedException {
        if (asked == null) {
            return false;
        }
        try {
            asked.get();
            return false;
        } catch (ExecutionException e) {
            // Whatever else it is, it is no lack of rights: nothing is called so.
            return e.getCause() instanceof AuthorizationException;
        }
    }
}
