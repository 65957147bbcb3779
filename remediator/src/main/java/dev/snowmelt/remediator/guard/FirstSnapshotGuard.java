package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;

/// Has the whole target been seen once? Before that every share and every count is wrong (S7).
final class FirstSnapshotGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        return question.target().standing().hasFirstComplete()
                ? Ruling.ADMIT
                : Ruling.hold(Reason.FIRST_SNAPSHOT, "the first complete snapshot of the target has not come");
    }
}
