package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.StaleGuard;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.v1.TargetStanding;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// When a target was last seen whole: every partition of `observations` settles its part of a snapshot for itself, so
/// the picture is as old as the oldest part.
final class Seen {
    private Seen() {}

    /// The standing after one partition settled a complete snapshot.
    ///
    /// @param partitions how many there are
    /// @param at when it did
    static TargetStanding complete(TargetStanding standing, int partition, int partitions, Instant at, Instant now) {
        Map<Integer, Instant> parts = new TreeMap<>();
        standing.getCompleteAtMap().forEach((part, time) -> parts.put(part, Times.instant(time)));
        // A detector that repeats itself says old things again.
        parts.merge(partition, at, (known, next) -> next.isAfter(known) ? next : known);
        parts.keySet().removeIf(part -> part >= partitions);
        var next = standing.toBuilder().clearCompleteAt();
        parts.forEach((part, time) -> next.putCompleteAt(part, Times.timestamp(time)));
        if (partitions > 0 && parts.size() >= partitions) {
            next.setLastComplete(Times.timestamp(Collections.min(parts.values())));
            if (!standing.hasFirstComplete()) {
                next.setFirstComplete(Times.timestamp(now));
            }
        }
        return next.build();
    }

    /// Whether it was seen whole recently enough to act on it.
    static boolean recent(TargetStanding standing, GuardSettings settings, Instant now) {
        return standing.hasLastComplete()
                && !StaleGuard.stale(Times.instant(standing.getLastComplete()), settings, now);
    }
}
