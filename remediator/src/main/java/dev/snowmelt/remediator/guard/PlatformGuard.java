package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold;

/// Did the platform say "not now" to the workload as a whole? Then it would say so to each of its
/// instances, and one of them asks for all: the others wait until its time has come, and then for
/// its answer.
///
/// Nothing is concluded from the silence after that: the next one that the platform accepts ends
/// it.
final class PlatformGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        var standing = question.workload().standing();
        if (!standing.hasBlocked()) {
            return Ruling.ADMIT;
        }
        Hold blocked = standing.getBlocked();
        var until = Times.instant(blocked.getUntil());
        if (until.isAfter(question.now())) {
            return Ruling.holdUntil(blocked.getReason(), blocked.getDetail(), until);
        }
        return question.workload().asked() > 0
                ? Ruling.hold(blocked.getReason(), "one of its instances is tried first: " + blocked.getDetail())
                : Ruling.ADMIT;
    }
}
