package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import java.time.Instant;

/// Is the picture of the target too old? When its collector, or the detector, is silent, what is known of readiness is
/// what was true before the silence (S2).
public final class StaleGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        var standing = question.target().standing();
        if (!standing.hasLastComplete()) {
            return Ruling.hold(Reason.UNKNOWN, "when the target was last seen whole is not known");
        }
        Instant seen = Times.instant(standing.getLastComplete());
        return stale(seen, question.settings(), question.now())
                ? Ruling.hold(Reason.UNKNOWN, "nothing complete was heard of the target since " + seen)
                : Ruling.ADMIT;
    }

    /// Whether what was seen whole then is too old to act on.
    public static boolean stale(Instant seen, GuardSettings settings, Instant now) {
        return seen.isBefore(now.minus(settings.censusAge()));
    }
}
