package dev.snowmelt.cli.doctor;

import dev.snowmelt.schemas.topic.Topics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/// Who takes part in each role's group, and how far behind it is.
///
/// @param targets that are watched: each has executors of its own
record GroupFindings(Brokers brokers, Topics topics, Set<ProcessRole> roles, Set<String> targets) {
    private static final String CHECK = "kafka.groups.";
    /// More than ends of transactions and what is under way at any moment.
    private static final long MUCH = 1_000;

    void look(Consumer<Finding> tell) throws InterruptedException {
        Map<String, String> groups = new LinkedHashMap<>();
        if (roles.contains(ProcessRole.DETECT)) {
            List.of("registrar", "detector", "scanner").forEach(name -> groups.put(topics.id(name), "snowmelt detect"));
        }
        if (roles.contains(ProcessRole.REMEDIATE)) {
            groups.put(topics.id("planner"), "snowmelt remediate");
            targets.forEach(target -> groups.put(
                    topics.id("executor-" + target.substring(target.indexOf(':') + 1)), "snowmelt remediate"));
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
                tell.accept(nobody(group.getKey(), group.getValue()));
            } else {
                Brokers.tryTo(CHECK + group.getKey(), tell, () -> tell.accept(of(description)));
            }
        }
    }

    /// Without `remediate` drift is seen all the same: somebody may want just that.
    private static Finding nobody(String group, String command) {
        String found = "nobody takes part";
        return command.endsWith("detect")
                ? Finding.fail(
                        CHECK + group, found + ": this stage stands still", "run '" + command + "', or see its log")
                : Finding.warn(
                        CHECK + group, found + ": nothing is replaced", "run '" + command + "', unless that is wanted");
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
        Map<TopicPartition, OffsetAndMetadata> committed = Brokers.get(brokers.admin()
                .listConsumerGroupOffsets(
                        group.groupId(), new ListConsumerGroupOffsetsOptions().timeoutMs(Brokers.CALL_MILLIS))
                .partitionsToOffsetAndMetadata());
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        committed.forEach((partition, offset) -> {
            if (offset != null) {
                asked.put(partition, OffsetSpec.latest());
            }
        });
        Map<TopicPartition, ListOffsetsResultInfo> ends =
                Brokers.get(brokers.admin().listOffsets(asked).all());
        long behind = 0;
        for (var end : ends.entrySet()) {
            OffsetAndMetadata offset = committed.get(end.getKey());
            behind += offset == null ? 0 : Math.max(0, end.getValue().offset() - offset.offset());
        }
        return behind > MUCH
                ? Finding.warn(
                        check,
                        found + ", " + behind + " records behind",
                        "if it does not fall: more detect.threads, more members, or a faster disk")
                : Finding.ok(check, found + ", " + behind + " records behind");
    }
}
