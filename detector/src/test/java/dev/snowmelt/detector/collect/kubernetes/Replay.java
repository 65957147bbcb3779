package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.detector.collect.ObservationLog.Entry;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.SnapshotEnd;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Applies design §5's rules of snapshots and order to a log in the plainest way, to see what a detector
/// would believe
/// to exist.
final class Replay {
    private static final class Known {
        private ImageFacet facet = ImageFacet.getDefaultInstance();
        private long version;
        private Source source = Source.WATCH;
        private long mark;
        private boolean gone;
    }

    private static final class Partition {
        private final Map<String, Known> known = new HashMap<>();
        private long epoch;
        private long snapshot;
        private long begin;
        private long counted;
    }

    private final Map<Integer, Partition> partitions = new HashMap<>();

    static Map<String, ImageFacet> of(List<Entry> log) {
        var replay = new Replay();
        log.forEach(replay::apply);
        Map<String, ImageFacet> there = new TreeMap<>();
        for (Partition partition : replay.partitions.values()) {
            partition.known.forEach((subject, known) -> {
                if (!known.gone) {
                    there.put(subject, known.facet);
                }
            });
        }
        return there;
    }

    private void apply(Entry entry) {
        Partition partition = partitions.computeIfAbsent(entry.partition(), _ -> new Partition());
        if (entry.header().epoch() < partition.epoch) {
            return;
        }
        partition.epoch = entry.header().epoch();
        if (entry.header().snapshot() != 0 && entry.header().snapshot() == partition.snapshot && entry.key() != null) {
            partition.counted++;
        }
        switch (entry.value().getWhatCase()) {
            case BEGIN -> {
                partition.snapshot = entry.header().snapshot();
                partition.begin = entry.offset();
                partition.counted = 0;
            }
            case END -> end(partition, entry);
            case INSTANCE -> see(partition, entry);
            case INSTANCE_GONE -> lose(partition, entry);
            default -> {}
        }
    }

    private static void see(Partition partition, Entry entry) {
        Known known = partition.known.computeIfAbsent(
                entry.key() + "|" + entry.value().getInstance().getInstance(), _ -> new Known());
        if (!stale(known, entry)) {
            known.facet = entry.value().getInstance().getImage();
            known.version = entry.header().resourceVersion();
            known.source = entry.header().source();
            known.gone = false;
        }
        known.mark = entry.offset();
    }

    private static void lose(Partition partition, Entry entry) {
        Known known = partition.known.computeIfAbsent(
                entry.key() + "|" + entry.value().getInstanceGone().getInstance(), _ -> new Known());
        known.gone = true;
        known.version = entry.header().resourceVersion();
        known.source = entry.header().source();
    }

    private static boolean stale(Known known, Entry entry) {
        return known.source != entry.header().source() && entry.header().resourceVersion() < known.version;
    }

    private static void end(Partition partition, Entry entry) {
        SnapshotEnd end = entry.value().getEnd();
        if (end.getBelievable()
                && entry.header().snapshot() == partition.snapshot
                && end.getRecordsOnPartition() == partition.counted) {
            partition.known.values().removeIf(known -> known.gone || known.mark < partition.begin);
        }
    }
}
