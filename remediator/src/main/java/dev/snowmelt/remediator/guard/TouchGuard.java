package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import java.time.Instant;

/// Was somebody inside a short time ago? They may still need it.
final class TouchGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        if (!(question.subject() instanceof Subject.OfInstance(var _, var verdict)) || !verdict.hasTouchedAt()) {
            return Ruling.ADMIT;
        }
        Instant over = Times.instant(verdict.getTouchedAt()).plus(Policies.touchHold(question.policy()));
        return over.isAfter(question.now())
                ? Ruling.holdUntil(
                        Reason.TOUCHED, "somebody was inside at " + Times.instant(verdict.getTouchedAt()), over)
                : Ruling.ADMIT;
    }
}
