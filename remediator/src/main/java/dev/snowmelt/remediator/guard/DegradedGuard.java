package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.WorkloadStatus;
import java.util.OptionalInt;

/// Do so many replicas that Snowmelt did not touch miss already that the budget is gone? Then somebody has a
/// problem, and it is not drift.
final class DegradedGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        if (!(question.subject() instanceof Subject.OfInstance(var id, var _))
                || question.workload().id().standalone()) {
            return Ruling.ADMIT;
        }
        WorkloadStatus status = question.status().orElse(null);
        if (status == null) {
            return Ruling.hold(Reason.UNKNOWN, "its controller's status was never seen");
        }
        OptionalInt budget = MaxUnavailable.of(question.policy().getMaxUnavailable(), status.getDesired());
        int missing = Availability.untouchedBut(question.workload(), status.getDesired(), id);
        return missing > 0 && missing + 1 > budget.orElse(0)
                ? Ruling.hold(
                        Reason.DEGRADED,
                        "%d of %d replicas that Snowmelt did not touch are not ready"
                                .formatted(missing, status.getDesired()))
                : Ruling.ADMIT;
    }
}
