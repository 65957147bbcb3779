package dev.snowmelt.detector.topology;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Where topics end, and what the detector's group has not read of them.
final class GroupEnds implements EndOffsets {
    private static final int ASK_MILLIS = 5_000;

    private final Admin admin;
    private final TopicEnds ends;
    private final TopicReader reader;
    private final String group;

    GroupEnds(Admin admin, TopicEnds ends, TopicReader reader, String group) {
        this.admin = admin;
        this.ends = ends;
        this.reader = reader;
        this.group = group;
    }

    @Override
    public long of(TopicPartition partition) {
        return ends.of(partition);
    }

    @Override
    public String topicId(String topic) {
        return ends.topicId(topic);
    }

    @Override
    public void unread(TopicPartition partition, long end, Look look) {
        // What is not decided yet comes through Streams when it is: who waited here would wait for a dead writer's
        // timeout.
        long decided = Math.min(end, ends.decided(partition));
        if (decided > 0) {
            OffsetAndMetadata read = committed().get(partition);
            reader.read(partition, read == null ? 0 : read.offset(), decided, look);
        }
    }

    /// What the group has read: the next offset of each partition; null or none: nothing.
    Map<TopicPartition, @Nullable OffsetAndMetadata> committed() {
        return ends.answer(
                "what the group " + group + " has read",
                () -> admin.listConsumerGroupOffsets(group, new ListConsumerGroupOffsetsOptions().timeoutMs(ASK_MILLIS))
                        .partitionsToOffsetAndMetadata());
    }
}
