package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.GuardSettings;
import java.time.Instant;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// Whether a target's census moves: by `jump` or more instances (or drifted, or outdated ones) within `settle`.
final class Settling {
    private record Move(Instant at, int known, int drifted, int outdated) {}

    private final ArrayDeque<Move> moves = new ArrayDeque<>();
    private int known;
    private int drifted;
    private int outdated;
    private @Nullable Instant until;

    /// Nothing is known of what happened before, so it counts as moving.
    void unsettle(Instant now, GuardSettings settings) {
        until = now.plus(settings.settle());
    }

    void moved(Instant now, int knownBy, int driftedBy, int outdatedBy, GuardSettings settings) {
        if (knownBy == 0 && driftedBy == 0 && outdatedBy == 0) {
            return;
        }
        Instant past = now.minus(settings.settle());
        while (!moves.isEmpty() && moves.getFirst().at().isBefore(past)) {
            Move old = moves.removeFirst();
            add(-old.known(), -old.drifted(), -old.outdated());
        }
        moves.addLast(new Move(now, knownBy, driftedBy, outdatedBy));
        add(knownBy, driftedBy, outdatedBy);
        if (Math.abs(known) >= settings.jump()
                || Math.abs(drifted) >= settings.jump()
                || Math.abs(outdated) >= settings.jump()) {
            unsettle(now, settings);
            // The next jump is counted from here; also bounds the memory while a target of 100,000 is read.
            moves.clear();
            known = 0;
            drifted = 0;
            outdated = 0;
        }
    }

    private void add(int knownBy, int driftedBy, int outdatedBy) {
        known += knownBy;
        drifted += driftedBy;
        outdated += outdatedBy;
    }

    /// Until when it counts as moving; null: it is quiet.
    @Nullable Instant until(Instant now) {
        Instant end = until;
        return end != null && end.isAfter(now) ? end : null;
    }
}
