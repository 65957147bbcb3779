package dev.snowmelt.bench.fleet;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/// A part of the topic `observations`: whole snapshots of every target.
///
/// @param rounds how many snapshots of each target
/// @param from first offset on each partition
/// @param to the offset after the last on each partition
/// @param instanceRecords how many records are about a pod
/// @param changed how many of them differ from the one before of the same pod
/// @param stillDrifted how many show a pod that is drifted and was before
public record Segment(
        int rounds,
        Map<TopicPartition, Long> from,
        Map<TopicPartition, Long> to,
        long instanceRecords,
        long changed,
        long stillDrifted) {
    public Segment {
        from = Map.copyOf(from);
        to = Map.copyOf(to);
    }

    /// How many records there are, markers and workloads included.
    public long records() {
        return to.entrySet().stream()
                .mapToLong(end -> end.getValue() - from.getOrDefault(end.getKey(), 0L))
                .sum();
    }
}
