package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;

/// Is so large a share of the target drifted that a bad declaration is likelier than so many snowflakes (S7)? A
/// restore is also asked whether it would restart too large a share by itself: [Restarts].
final class BreakerGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        TargetView target = question.target();
        if (target.standing().hasBreakerOpenedAt()) {
            return Ruling.hold(
                    Reason.BREAKER,
                    "the breaker is open: %d of %d instances of the target are drifted; resume it when that is right"
                            .formatted(target.drifted(), target.instances()));
        }
        return switch (question.subject()) {
            case Subject.OfInstance _ -> Ruling.ADMIT;
            case Subject.OfTemplate() -> restore(question);
        };
    }

    private static Ruling restore(Case question) {
        WorkloadView workload = question.workload();
        TargetView target = question.target();
        long restarted = target.restarting() + Restarts.charge(workload.verdict(), workload.known());
        if (!question.settings().tooMany(restarted, target.instances()) || approved(question)) {
            return Ruling.ADMIT;
        }
        return Ruling.hold(
                Reason.BREAKER,
                "restoring the template restarts %d of %d instances of the target; a person must approve the workload"
                        .formatted(restarted, target.instances()));
    }

    private static boolean approved(Case question) {
        var verdict = question.workload().verdict();
        return verdict != null
                && question.target()
                        .overrides()
                        .approved(
                                question.now(),
                                Times.instant(verdict.getTemplateSince()),
                                question.revision(),
                                question.workload().id().toString());
    }
}
