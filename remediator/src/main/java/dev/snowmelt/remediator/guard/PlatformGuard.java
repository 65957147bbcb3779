package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold;

/// Did the platform say "not now" to the workload as a whole? Then it would say so to each of its
/// instances, and one of them asks for all: the others wait until its time has come, and then for
/// its answer. Nothing is concluded from silence: the next one that the platform accepts ends it.
///
/// What the others are told stays the same from one attempt to the next, so that a thousand of them
/// are not told anew each time. When to ask again is the rules' to know.
final class PlatformGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        var standing = question.workload().standing();
        if (!standing.hasBlocked()) {
            return Ruling.ADMIT;
        }
        Hold blocked = standing.getBlocked();
        boolean later = Times.instant(blocked.getUntil()).isAfter(question.now());
        return later || question.workload().asked() > 0
                ? Ruling.hold(blocked.getReason(), blocked.getDetail() + "; one instance asks for all")
                : Ruling.ADMIT;
    }
}
