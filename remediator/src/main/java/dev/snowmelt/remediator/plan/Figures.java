package dev.snowmelt.remediator.plan;

/// How a task's targets stand, for gauges.
///
/// @param instances instances in the census
/// @param drifted those of them that are drifted
/// @param openBreakers targets whose breaker is open
/// @param pauses pauses in force
/// @param suspendedWorkloads workloads that are suspended
/// @param suspendedTargets targets that are suspended
/// @param unseenTargets targets whose first complete snapshot has not come
public record Figures(
        long instances,
        long drifted,
        int openBreakers,
        int pauses,
        int suspendedWorkloads,
        int suspendedTargets,
        int unseenTargets) {
    /// Of no target.
    public static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0, 0);

    /// What waits for a person to resume it: breakers, workloads and targets.
    public int stopped() {
        return openBreakers + suspendedWorkloads + suspendedTargets;
    }
}
