package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Verdict;
import java.time.Instant;
import java.util.Optional;

/// Was somebody inside a short time ago? They may still need it.
///
/// An agent says when; of an ephemeral container, which the platform shows without a time, it is when the finding
/// began.
final class TouchGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        if (!(question.subject() instanceof Subject.OfInstance(var _, var verdict))) {
            return Ruling.ADMIT;
        }
        return touched(verdict).map(at -> hold(question, at)).orElse(Ruling.ADMIT);
    }

    private static Ruling hold(Case question, Instant touched) {
        Instant over = touched.plus(Policies.touchHold(question.policy()));
        return over.isAfter(question.now())
                ? Ruling.holdUntil(Reason.TOUCHED, "somebody was inside at " + touched, over)
                : Ruling.ADMIT;
    }

    private static Optional<Instant> touched(Verdict verdict) {
        Optional<Instant> told =
                verdict.hasTouchedAt() ? Optional.of(Times.instant(verdict.getTouchedAt())) : Optional.empty();
        boolean debugged = verdict.getDriftsList().stream().anyMatch(drift -> drift.getKind() == Drift.Kind.TOUCHED);
        if (!debugged) {
            return told;
        }
        Instant began = Times.instant(verdict.getSince());
        return told.filter(at -> at.isAfter(began)).or(() -> Optional.of(began));
    }
}
