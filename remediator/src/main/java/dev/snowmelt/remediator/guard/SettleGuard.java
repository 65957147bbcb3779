package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;

/// Is the census moving right now? Then what is seen may be half of what happens (S7).
final class SettleGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        var until = question.target().unsettledUntil();
        return until == null || !until.isAfter(question.now())
                ? Ruling.ADMIT
                : Ruling.holdUntil(
                        Reason.SETTLING,
                        "the target's census moved a moment ago, or old verdicts are still being read",
                        until);
    }
}
