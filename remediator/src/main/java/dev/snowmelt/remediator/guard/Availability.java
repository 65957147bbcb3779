package dev.snowmelt.remediator.guard;

import dev.snowmelt.schemas.id.InstanceId;
import java.util.HashSet;
import java.util.Set;

/// How many replicas of a workload count as unavailable. Two sources that lag differently are asked, the census and
/// the controller's own status, and the worse answer counts.
///
/// A replica that misses is unavailable; one that is not ready is, unless there are more instances than are wanted
/// (a failed pod that nobody removed stays in the census, and its replacement is there beside it); a spent slot is,
/// whatever the census says.
final class Availability {
    private Availability() {}

    /// If all spent slots and `candidate` were terminated now.
    static int with(WorkloadView workload, int desired, int statusReady, InstanceId candidate) {
        int bySlots = workload.slots().size() + (workload.slots().contains(candidate) ? 0 : 1);
        Set<InstanceId> terminated = new HashSet<>(workload.slots());
        terminated.add(candidate);
        int others = untouched(workload, desired, terminated);
        boolean candidateServes =
                !workload.slots().contains(candidate) && !workload.unavailable().contains(candidate);
        int byStatus = Math.max(0, desired - statusReady) + workload.readySlots() + (candidateServes ? 1 : 0);
        return Math.max(bySlots + others, byStatus);
    }

    /// Those that are unavailable without Snowmelt having touched them, `candidate` left out.
    static int untouchedBut(WorkloadView workload, int desired, InstanceId candidate) {
        Set<InstanceId> ours = new HashSet<>(workload.slots());
        ours.add(candidate);
        return untouched(workload, desired, ours);
    }

    private static int untouched(WorkloadView workload, int desired, Set<InstanceId> ours) {
        int notReady = workload.unavailable().size();
        for (InstanceId instance : ours) {
            if (workload.unavailable().contains(instance)) {
                notReady--;
            }
        }
        int surplus = Math.max(0, workload.known() - desired);
        return Math.max(0, notReady - surplus) + Math.max(0, desired - workload.known());
    }
}
