package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.WorkloadStatus.Strategy;
import dev.snowmelt.v1.WorkloadVerdict;
import org.jspecify.annotations.Nullable;

/// What restoring a template restarts: every replica, under the workload's own strategy; but none
/// by itself where that is ON_DELETE (StatefulSets and DaemonSets that say so, Auto Scaling
/// groups). There the replicas of the old template are OUTDATED or DRIFTED afterwards and are
/// replaced one by one, each with a slot of its own.
public final class Restarts {
    private Restarts() {}

    /// True when a restore is known to restart nothing by itself.
    public static boolean nothing(@Nullable WorkloadVerdict verdict) {
        return verdict != null && verdict.getStatus().getStrategy() == Strategy.ON_DELETE;
    }

    /// As how many restarted instances a restore counts, for the breaker's share of the target: as
    /// all replicas that are known, and as one where it restarts nothing.
    public static int charge(@Nullable WorkloadVerdict verdict, int known) {
        return nothing(verdict) ? 1 : known;
    }
}
