package dev.snowmelt.cli.doctor;

import dev.snowmelt.schemas.topic.Topics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/// Who takes part in each role's group, and how far behind it is.
///
/// @param plans the planner is to run here, not in another installation
/// @param targets that are watched: each has executors of its own
/// @param configured those of them that the settings name
record GroupFindings(
        Brokers brokers, Topics topics, Asked asked, boolean plans, Set<String> targets, Set<String> configured) {
    private static final String CHECK = "kafka.groups.";
    /// More than ends of transactions and what is under way at any moment.
    private static final long MUCH = 1_000;

    void look(Consumer<Finding> tell) throws InterruptedException {
        Map<String, Finding> groups = new LinkedHashMap<>();
        if (asked.about(ProcessRole.DETECT)) {
            for (String name : List.of("registrar", "detector", "scanner")) {
                String group = topics.id(name);
                groups.put(
                        group,
                        Finding.fail(
                                CHECK + group,
                                "nobody takes part: this stage stands still",
                                "run 'snowmelt detect', or see its log"));
            }
        }
        if (asked.about(ProcessRole.REMEDIATE)) {
            groups.put(topics.id("planner"), nothingReplaced(topics.id("planner"), asked.byName() && plans));
            for (String target : targets) {
                String group = topics.id("executor-" + target.substring(target.indexOf(':') + 1));
                groups.put(group, nothingReplaced(group, asked.byName() && configured.contains(target)));
            }
        }
        if (groups.isEmpty()) {
            return;
        }
        Map<String, KafkaException> refused = new HashMap<>();
        Map<String, ConsumerGroupDescription> described = Brokers.each(
                brokers.admin()
                        .describeConsumerGroups(
                                groups.keySet(), new DescribeConsumerGroupsOptions().timeoutMs(Brokers.CALL_MILLIS))
                        .describedGroups(),
                refused);
        for (var group : groups.entrySet()) {
            ConsumerGroupDescription description = described.get(group.getKey());
            KafkaException refusal = refused.get(group.getKey());
            if (description == null && refusal != null && !(refusal instanceof GroupIdNotFoundException)) {
                tell.accept(Finding.skipped(CHECK + group.getKey(), "cannot be told: " + Brokers.words(refusal)));
            } else if (description == null || description.members().isEmpty()) {
                tell.accept(group.getValue());
            } else {
                Brokers.tryTo(CHECK + group.getKey(), tell, () -> tell.accept(of(description)));
            }
        }
    }

    /// Without `remediate` drift is seen all the same: somebody may want just that, unless they say that they mean to
    /// run it.
    private static Finding nothingReplaced(String group, boolean meant) {
        String found = "nobody takes part: nothing is replaced";
        return meant
                ? Finding.fail(CHECK + group, found, "run 'snowmelt remediate', or see its log")
                : Finding.warn(CHECK + group, found, "run 'snowmelt remediate', unless that is wanted");
    }

    private Finding of(ConsumerGroupDescription group) throws InterruptedException {
        String check = CHECK + group.groupId();
        int members = group.members().size();
        long idle = group.members().stream()
                .filter(each -> each.assignment().topicPartitions().isEmpty())
                .count();
        String found = members + (members == 1 ? " member" : " members") + ", "
                + group.groupState().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                + (idle == 0 ? "" : ", " + idle + " of them without a partition");
        Map<TopicPartition, OffsetAndMetadata> offsets = Brokers.get(brokers.admin()
                .listConsumerGroupOffsets(
                        group.groupId(), new ListConsumerGroupOffsetsOptions().timeoutMs(Brokers.CALL_MILLIS))
                .partitionsToOffsetAndMetadata());
        Map<TopicPartition, Long> committed = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                committed.put(partition, offset.offset());
            }
        });
        // Nothing of these was ever processed, though somebody has them.
        Set<TopicPartition> untouched = new HashSet<>();
        group.members().forEach(each -> untouched.addAll(each.assignment().topicPartitions()));
        untouched.removeAll(committed.keySet());
        Map<TopicPartition, Long> from = new HashMap<>(committed);
        from.putAll(ends(untouched, OffsetSpec.earliest()));
        long behind = 0;
        for (var end : ends(from.keySet(), OffsetSpec.latest()).entrySet()) {
            behind += Math.max(0, end.getValue() - from.getOrDefault(end.getKey(), end.getValue()));
        }
        return judge(
                check,
                found + ", " + behind + " records behind",
                group.groupState() == GroupState.STABLE,
                behind > 0 && committed.isEmpty(),
                behind);
    }

    private Map<TopicPartition, Long> ends(Set<TopicPartition> partitions, OffsetSpec which)
            throws InterruptedException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        partitions.forEach(partition -> asked.put(partition, which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        Brokers.get(brokers.admin()
                        .listOffsets(asked, new ListOffsetsOptions().timeoutMs(Brokers.CALL_MILLIS))
                        .all())
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }

    /// @param nothing there are records, and it has not committed one of them
    static Finding judge(String check, String found, boolean stable, boolean nothing, long behind) {
        if (!stable) {
            return Finding.warn(
                    check,
                    found,
                    "its members are still agreeing on who does what: ask again; if it stays so, see whose log says"
                            + " that it fails over and over");
        }
        if (nothing) {
            return Finding.warn(
                    check,
                    found + ", and nothing has ever been done",
                    "ask again; if it stays so, see the members' logs");
        }
        return behind > MUCH
                ? Finding.warn(check, found, "if it does not fall: more detect.threads, more members, or a faster disk")
                : Finding.ok(check, found);
    }
}
