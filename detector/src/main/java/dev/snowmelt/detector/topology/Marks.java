package dev.snowmelt.detector.topology;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.BiFunction;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Marks are offsets of `observations`, so they say nothing about a topic that was deleted and made
/// anew under the same name: there, one beyond the end would call an instance gone that every list
/// shows, and one below would hide a drift. The store `targets` keeps the topic's id beside the
/// targets, and marks of another topic are dropped.
final class Marks {
    private static final Logger LOG = LoggerFactory.getLogger(Marks.class);
    /// No target is called so.
    static final Bytes TOPIC = Bytes.wrap(Keys.utf8("|observations"));

    /// What no record is older than.
    private static final long NONE = -1;

    private static final int AT_ONCE = 1_000;

    private Marks() {}

    /// Makes sure that the stores' marks are those of this topic.
    ///
    /// @param topicId empty: it cannot be told, so nothing is dropped
    static void requireOf(TaskStores stores, String topicId) {
        byte[] id = Keys.utf8(topicId);
        byte @Nullable [] before = stores.targets().get(TOPIC);
        if (id.length == 0 || Arrays.equals(before, id)) {
            return;
        }
        if (before != null) {
            LOG.atWarn()
                    .addKeyValue("topicId", topicId)
                    .addKeyValue("before", Keys.text(before))
                    .log("the topic of observations was made anew; what was known of the old one's offsets is dropped");
            each(stores.instances(), (_, bytes) -> instance(bytes));
            each(stores.workloads(), (_, bytes) -> workload(bytes));
            each(stores.targets(), Marks::target);
        }
        stores.targets().put(TOPIC, id);
    }

    private static byte @Nullable [] instance(byte[] bytes) {
        InstanceState state = InstanceState.read(bytes);
        if (state == null) {
            return null;
        }
        state.order = state.order.marked(NONE);
        return state.toBytes();
    }

    private static byte @Nullable [] workload(byte[] bytes) {
        WorkloadState state = WorkloadState.read(bytes);
        return state == null ? null : state.marked(NONE).toBytes();
    }

    private static byte @Nullable [] target(Bytes key, byte[] bytes) {
        return key.equals(TOPIC) ? bytes : TargetView.withoutOffsets(bytes);
    }

    /// Stores do not promise what an iterator shows of writes made meanwhile, and all of them at
    /// once may be a million.
    private static void each(KeyValueStore<Bytes, byte[]> store, BiFunction<Bytes, byte[], byte @Nullable []> change) {
        Bytes from = Bytes.wrap(new byte[0]);
        while (true) {
            var some = new ArrayList<KeyValue<Bytes, byte[]>>(AT_ONCE);
            try (var all = store.range(from, null)) {
                while (all.hasNext() && some.size() < AT_ONCE) {
                    some.add(all.next());
                }
            }
            if (some.isEmpty()) {
                return;
            }
            for (var each : some) {
                store.put(each.key, change.apply(each.key, each.value));
            }
            byte[] last = some.getLast().key.get();
            from = Bytes.wrap(Arrays.copyOf(last, last.length + 1));
        }
    }
}
