package dev.snowmelt.detector.topology;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the stores hold of a target at the end of a snapshot, but for what was seen in it.
///
/// @param missingInstances not shown since the snapshot began; of those that were only told before
/// the stores were lost nothing is stored that could have been shown
/// @param missingWorkloads as above; when the snapshot showed no workload at all only those that
/// were told before: a list of instances alone says nothing about workloads
/// @param otherInstances tombstones, and what only agents know
/// @param goneWorkloads tombstones
/// @param present how many instances and workloads are there, the missing ones included
/// @param told how many were only told before
record Stored(
        List<TaskStores.Instance> missingInstances,
        List<TaskStores.Workload> missingWorkloads,
        List<TaskStores.Instance> otherInstances,
        List<TaskStores.Workload> goneWorkloads,
        long present,
        int told) {
    static final Stored NOTHING = new Stored(List.of(), List.of(), List.of(), List.of(), 0, 0);

    /// @param tally of the snapshot; null: not known, so that nothing can be called missing
    static Stored read(
            DetectorTask task,
            TargetView target,
            TargetView.@Nullable Tally tally,
            Origin end,
            Instances instances,
            Workloads workloads) {
        var missing = new ArrayList<TaskStores.Instance>();
        var others = new ArrayList<TaskStores.Instance>();
        long[] there = new long[1];
        int[] told = new int[1];
        task.stores().eachInstance(target.prefix(), (key, state) -> {
            if (state.told()) {
                told[0]++;
                missing.add(new TaskStores.Instance(key, state));
                return;
            }
            if (!state.alive()) {
                others.add(new TaskStores.Instance(key, state));
                return;
            }
            there[0]++;
            if (!shown(tally, end, instances.mark(Keys.workloadIn(key), state))) {
                missing.add(new TaskStores.Instance(key, state));
            }
        });
        var idle = new ArrayList<TaskStores.Workload>();
        var gone = new ArrayList<TaskStores.Workload>();
        var toldWorkloads = new ArrayList<TaskStores.Workload>();
        boolean[] any = new boolean[1];
        task.stores().eachWorkload(target.prefix(), (key, state) -> {
            if (state.told()) {
                told[0]++;
                toldWorkloads.add(new TaskStores.Workload(key, state));
                return;
            }
            if (state.gone()) {
                gone.add(new TaskStores.Workload(key, state));
                return;
            }
            there[0]++;
            if (shown(tally, end, workloads.mark(key, state))) {
                any[0] = true;
            } else {
                idle.add(new TaskStores.Workload(key, state));
            }
        });
        if (tally == null) {
            return new Stored(List.of(), List.of(), others, gone, there[0], told[0]);
        }
        if (any[0]) {
            toldWorkloads.addAll(idle);
        }
        return new Stored(missing, toldWorkloads, others, gone, there[0], told[0]);
    }

    boolean missesSomething() {
        return !missingInstances.isEmpty() || !missingWorkloads.isEmpty();
    }

    /// A mark beyond the END is of a topic that was there before under the same name.
    private static boolean shown(TargetView.@Nullable Tally tally, Origin end, long mark) {
        return tally == null || (mark >= tally.began && mark <= end.offset());
    }
}
