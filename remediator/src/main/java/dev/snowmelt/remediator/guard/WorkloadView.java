package dev.snowmelt.remediator.guard;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.WorkloadStanding;
import dev.snowmelt.v1.WorkloadVerdict;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A workload at one moment.
///
/// @param id the workload
/// @param verdict newest judgement of it as a whole; null: never seen, or gone
/// @param known instances that exist as far as the census knows
/// @param ready those of them that are ready and not on their way out
/// @param outdated those of them that are OUTDATED
/// @param unavailable those of them that are not ready, on their way out, or of which that is not
/// known
/// @param slots instances whose slot is spent: a command is out, the replacement is not proven, or
/// nobody knows. They may be gone from the census
/// @param readySlots how many of `slots` the census still shows as ready and not on their way out
/// @param asked commands about its instances that no executor has answered yet
/// @param overdue a replacement should have been proven by now, and was not
/// @param restoring a restore of its template is in flight
/// @param standing what the planner remembers of it
public record WorkloadView(
        WorkloadId id,
        @Nullable WorkloadVerdict verdict,
        int known,
        int ready,
        int outdated,
        Set<InstanceId> unavailable,
        Set<InstanceId> slots,
        int readySlots,
        int asked,
        boolean overdue,
        boolean restoring,
        WorkloadStanding standing) {

    /// The same with one more slot spent, by a command.
    public WorkloadView withSlot(InstanceId instance) {
        var more = new HashSet<>(slots);
        boolean fresh = more.add(instance);
        int readyMore = fresh && !unavailable.contains(instance) ? 1 : 0;
        return new WorkloadView(
                id,
                verdict,
                known,
                ready,
                outdated,
                unavailable,
                more,
                readySlots + readyMore,
                asked + 1,
                overdue,
                restoring,
                standing);
    }

    /// A replacement of the revision was proven: it is no longer new here.
    public boolean proven(long revision) {
        return standing.getProvenRevision() >= revision;
    }
}
