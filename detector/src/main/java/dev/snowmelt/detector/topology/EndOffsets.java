package dev.snowmelt.detector.topology;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// Where topics end now, and what a task is still to be given before that.
@FunctionalInterface
public interface EndOffsets {
    /// The offset that the next record of the partition will get. Asked once a partition when its
    /// task starts.
    long of(TopicPartition partition);

    /// What sets the topic apart from one that had its name before. Asked once a partition when its
    /// task starts.
    ///
    /// @return empty: it cannot be told
    default String topicId(String topic) {
        return "";
    }

    /// Shows, in their order, the records below an offset that are not read yet and will come.
    /// Asked once a partition when its task starts.
    ///
    /// @param end as [#of] said it
    default void unread(TopicPartition partition, long end, Look look) {}

    /// What is done with each record.
    interface Look {
        void at(long offset, long timestampMillis, byte @Nullable [] key, byte @Nullable [] value);
    }
}
