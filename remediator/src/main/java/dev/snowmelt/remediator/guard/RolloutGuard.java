package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.WorkloadStatus;

/// Is the controller replacing replicas already, or about to?
final class RolloutGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        if (question.subject() instanceof Subject.OfInstance(var _, var verdict) && verdict.getTerminating()) {
            return Ruling.hold(Reason.ROLLOUT_IN_PROGRESS, "it is on its way out already");
        }
        if (question.workload().restoring()) {
            return Ruling.hold(Reason.ROLLOUT_IN_PROGRESS, "the template is being restored");
        }
        return question.status().map(RolloutGuard::rule).orElse(Ruling.ADMIT);
    }

    private static Ruling rule(WorkloadStatus status) {
        if (status.getRolloutInProgress()) {
            return Ruling.hold(Reason.ROLLOUT_IN_PROGRESS, "its controller is replacing replicas");
        }
        if (status.getGeneration() > status.getObservedGeneration()) {
            return Ruling.hold(Reason.ROLLOUT_IN_PROGRESS, "its controller has not looked at the newest template yet");
        }
        if (status.getPaused()) {
            return Ruling.hold(
                    Reason.ROLLOUT_IN_PROGRESS,
                    "it is paused: its controller would recreate nothing, or from an older template than the one that was judged");
        }
        return Ruling.ADMIT;
    }
}
