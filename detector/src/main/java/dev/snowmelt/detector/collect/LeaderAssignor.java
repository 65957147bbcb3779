package dev.snowmelt.detector.collect;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.TopicPartition;

/// Gives partition 0 of the topic to one member of a group, and nothing else to anybody: to the one
/// that has it, as long as that takes part. Kafka's own sticky assignors also balance, which would
/// take it from its owner when another joins.
///
/// Made by Kafka's consumer, by name.
public final class LeaderAssignor implements ConsumerPartitionAssignor {
    static final int PARTITION = 0;

    @Override
    public String name() {
        return "snowmelt-leader";
    }

    /// Members keep what they have while the group agrees anew.
    @Override
    public List<RebalanceProtocol> supportedProtocols() {
        return List.of(RebalanceProtocol.COOPERATIVE);
    }

    @Override
    public GroupAssignment assign(Cluster metadata, GroupSubscription group) {
        Map<String, Subscription> members = group.groupSubscription();
        Map<String, Assignment> assignments = new HashMap<>();
        members.keySet().forEach(member -> assignments.put(member, new Assignment(List.of())));
        // Of two that say they have it, one was away when the other got it: in a later generation.
        members.entrySet().stream()
                .max(Comparator.<Map.Entry<String, Subscription>>comparingInt(member -> tenure(member.getValue()))
                        .thenComparing(Map.Entry::getKey))
                .ifPresent(leader -> assignments.put(leader.getKey(), new Assignment(partition(leader.getValue()))));
        return new GroupAssignment(assignments);
    }

    /// The generation in which a member had the partition last; -1: it does not have it.
    private static int tenure(Subscription member) {
        return member.ownedPartitions().stream().anyMatch(owned -> owned.partition() == PARTITION)
                ? member.generationId().orElse(0)
                : -1;
    }

    private static List<TopicPartition> partition(Subscription member) {
        return member.topics().stream()
                .map(topic -> new TopicPartition(topic, PARTITION))
                .toList();
    }
}
