package dev.snowmelt.detector.topology;

import java.util.Arrays;
import org.apache.kafka.common.utils.Bytes;

/// After a restart tells the verdict of every workload once, a few at a time.
///
/// Changes of cohorts are told by a timer, not with the record that made them; a crash in between leaves nothing to
/// replay.
final class Sweep {
    private static final int WORKLOADS_A_STEP = 20;

    private final DetectorTask task;
    private final WorkloadViews views;
    private byte[] from = new byte[0];
    private boolean done;

    Sweep(DetectorTask task, WorkloadViews views) {
        this.task = task;
        this.views = views;
    }

    /// Marks the next workloads whose verdict was not told since the start.
    void step(long timestampMillis) {
        for (int i = 0; i < WORKLOADS_A_STEP && !done; i++) {
            try (var next = task.stores().instances().range(Bytes.wrap(from), null)) {
                done = !next.hasNext();
                if (!done) {
                    byte[] workload = Keys.workloadIn(next.peekNextKey().get());
                    // A view that is made here is marked by that.
                    views.of(workload, timestampMillis);
                    from = behind(workload);
                }
            }
        }
    }

    /// What comes after all keys that begin with `workload|`.
    private static byte[] behind(byte[] workload) {
        byte[] key = Arrays.copyOf(workload, workload.length + 1);
        key[workload.length] = '|' + 1;
        return key;
    }
}
