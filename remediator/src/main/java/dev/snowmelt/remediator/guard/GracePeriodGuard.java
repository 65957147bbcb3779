package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Duration;
import java.time.Instant;

/// Has the drift lasted long enough? A rollout or a person at work may end it.
final class GracePeriodGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        return switch (question.subject()) {
            case Subject.OfInstance(var _, var verdict) ->
                lasted(question, Times.instant(verdict.getSince()), Policies.gracePeriod(question.policy()));
            case Subject.OfTemplate() -> {
                WorkloadVerdict verdict = question.workload().verdict();
                yield verdict == null
                        ? Ruling.hold(Reason.UNKNOWN, "its workload has not been judged yet")
                        : lasted(
                                question,
                                Times.instant(verdict.getTemplateSince()),
                                Policies.restoreGracePeriod(question.policy()));
            }
        };
    }

    private static Ruling lasted(Case question, Instant since, Duration grace) {
        Instant over = since.plus(grace);
        return over.isAfter(question.now())
                ? Ruling.holdUntil(
                        Reason.GRACE_PERIOD, "the grace period of %d s is not over".formatted(grace.toSeconds()), over)
                : Ruling.ADMIT;
    }
}
