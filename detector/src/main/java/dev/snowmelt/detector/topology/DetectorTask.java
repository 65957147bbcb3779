package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/// What the steps of one task share.
///
/// @param partition the partition that the task works on, the same of all its inputs
/// @param boundary end of `observations` when the task started; what lies below is replayed
/// @param clock wall clock for metrics alone
record DetectorTask(
        Topics topics,
        DetectorSettings settings,
        int partition,
        long boundary,
        TaskStores stores,
        FacetIndex index,
        FacetHash hash,
        Outbox outbox,
        DetectorMetrics metrics,
        LongSupplier clock,
        List<TargetView> targets) {

    /// @throws UnusableRecordException when a key is not on its partition
    void requirePartition(byte[] key, int length) {
        int expected = Keys.partition(key, length, topics.partitions());
        if (expected != partition) {
            throw new UnusableRecordException("the key belongs on partition " + expected + " of " + topics.partitions()
                    + ": every producer must use murmur2 and every topic the same number of partitions");
        }
    }

    /// A target, of the store when this task has not met it yet.
    TargetView target(TargetId id) {
        for (TargetView target : targets) {
            if (target.id().equals(id)) {
                return target;
            }
        }
        var target = new TargetView(id, stores.targets().get(Bytes.wrap(Keys.utf8(id.toString()))));
        targets.addFirst(target);
        metrics.met(id);
        return target;
    }

    /// Every target that this task has met or that is in the store.
    List<TargetView> allTargets() {
        var stored = new ArrayList<TargetId>();
        try (var all = stores.targets().all()) {
            all.forEachRemaining(each -> {
                if (!each.key.equals(Marks.TOPIC)) {
                    stored.add(TargetId.parse(Keys.text(each.key.get())));
                }
            });
        }
        stored.forEach(this::target);
        return targets;
    }

    /// The target of a workload's key; null when this task has not met it yet.
    @Nullable TargetView targetOf(byte[] workload) {
        for (int i = 0; i < targets.size(); i++) {
            TargetView target = targets.get(i);
            if (target.owns(workload)) {
                if (i > 0) {
                    // Records of a target come in a row: the next look finds it first.
                    Collections.swap(targets, 0, i);
                }
                return target;
            }
        }
        return null;
    }

    void put(TargetView target) {
        stores.targets().put(Bytes.wrap(Keys.utf8(target.id().toString())), target.toBytes());
    }

    /// What a collector wrote needs no second look from now on.
    ///
    /// @param mark offset of the record that showed it last
    void index(byte[] workload, byte[] observation, long mark) {
        put(hash.of(workload, observation), mark);
    }

    /// As above, what an agent wrote.
    ///
    /// @param seenAt when it was seen last
    void indexContent(byte[] workload, byte[] observation, long seenAt) {
        put(hash.ofAgent(workload, observation), seenAt);
    }

    private void put(long facet, long mark) {
        if (index.put(facet, mark)) {
            metrics.indexed.increment();
        }
    }

    void unindex(byte[] workload, byte[] observation) {
        remove(hash.of(workload, observation));
    }

    void unindexContent(byte[] workload, byte[] observation) {
        remove(hash.ofAgent(workload, observation));
    }

    private void remove(long facet) {
        if (index.remove(facet)) {
            metrics.indexed.decrement();
        }
    }

    /// Where the index saw it last; [FacetIndex#ABSENT]: not in there.
    long mark(byte[] workload, byte[] observation) {
        return index.mark(hash.of(workload, observation));
    }

    /// When the index saw it last; [FacetIndex#ABSENT]: not in there.
    long contentMark(byte[] workload, byte[] observation) {
        return index.mark(hash.ofAgent(workload, observation));
    }

    /// True when the store shows what this record or a later one did already, before this run.
    /// Marks at or above the boundary are of a topic that was there before under the same name.
    boolean ahead(SeenOrder order, Origin origin) {
        return origin.replayed() && order.mark() >= origin.offset() && order.mark() < boundary;
    }

    /// Offset of the BEGIN of the record's snapshot; -1: not known.
    long began(WorkloadView view, Origin origin) {
        return origin.snapshot() == 0 ? -1 : view.target().began(origin.snapshot());
    }

    static List<TargetView> noTargets() {
        return new ArrayList<>();
    }
}
