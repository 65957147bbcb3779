package dev.snowmelt.remediator.guard;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Verdict.State;
import java.util.Set;

/// Does another one go first (S7)? Of a revision that is new here one replacement must be proven before the next,
/// and a new revision rolls through one workload of a target at a time. The latter holds for OUTDATED instances and
/// restores: they are many by nature, a snowflake is alone.
final class CanaryGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        return switch (question.subject()) {
            case Subject.OfInstance(var id, var verdict) ->
                instance(question, id, verdict.getState() == State.OUTDATED);
            case Subject.OfTemplate() -> {
                if (!question.workload().slots().isEmpty()) {
                    yield Ruling.hold(Reason.CANARY, "replacements in the workload are not proven yet");
                }
                yield others(question);
            }
        };
    }

    private static Ruling instance(Case question, InstanceId id, boolean outdated) {
        WorkloadView workload = question.workload();
        boolean anotherOut = workload.slots().size() > (workload.slots().contains(id) ? 1 : 0);
        if (!workload.proven(question.revision()) && anotherOut) {
            return Ruling.hold(
                    Reason.CANARY,
                    "the first replacement of revision %d is not proven yet".formatted(question.revision()));
        }
        return outdated ? others(question) : Ruling.ADMIT;
    }

    private static Ruling others(Case question) {
        for (Set<WorkloadId> busy :
                java.util.List.of(question.target().rolling(), question.target().restoring())) {
            for (WorkloadId other : busy) {
                if (!other.equals(question.workload().id())) {
                    return Ruling.hold(Reason.CANARY, other + " goes first");
                }
            }
        }
        return Ruling.ADMIT;
    }
}
