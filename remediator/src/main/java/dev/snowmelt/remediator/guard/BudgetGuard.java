package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.WorkloadStatus;
import java.util.OptionalInt;

/// Would more replicas be unavailable than the declaration allows, those that Snowmelt did not touch included (S2)?
final class BudgetGuard implements Guard {
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
        String declared = question.policy().getMaxUnavailable();
        OptionalInt budget = MaxUnavailable.of(declared, status.getDesired());
        if (budget.isEmpty()) {
            return Ruling.hold(
                    Reason.UNKNOWN, "maxUnavailable '" + declared + "' is neither a number nor a percentage");
        }
        if (status.getDesired() == 1 && budget.getAsInt() == 0 && declared.endsWith("%")) {
            return Ruling.hold(Reason.BUDGET, declared + " of 1 replica is none; declare 1 to allow it");
        }
        int unavailable = Availability.with(question.workload(), status.getDesired(), status.getReady(), id);
        return unavailable > budget.getAsInt()
                ? Ruling.hold(
                        Reason.BUDGET,
                        "%d of %d replicas would be unavailable, %d may"
                                .formatted(unavailable, status.getDesired(), budget.getAsInt()))
                : Ruling.ADMIT;
    }
}
