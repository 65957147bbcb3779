package dev.snowmelt.detector.topology;

import org.apache.kafka.common.TopicPartition;

/// Where topics end now.
@FunctionalInterface
public interface EndOffsets {
    /// The offset that the next record of the partition will get. Asked once a partition when its task starts.
    long of(TopicPartition partition);

    /// What sets the topic apart from one that had its name before. Asked once a partition when its task starts.
    ///
    /// @return empty: it cannot be told
    default String topicId(String topic) {
        return "";
    }
}
