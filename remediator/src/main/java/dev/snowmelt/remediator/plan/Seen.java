package dev.snowmelt.remediator.plan;

import com.google.protobuf.Timestamp;
import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.StaleGuard;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.v1.SnapshotSettled;
import dev.snowmelt.v1.TargetStanding;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// When a target was last seen whole: every partition of `observations` settles its part of a
/// snapshot for itself, so the picture is as old as the oldest part.
final class Seen {
    private Seen() {}

    /// The standing after one partition settled a complete snapshot.
    ///
    /// @param at when it did
    static TargetStanding complete(
            TargetStanding standing, int partition, SnapshotSettled settled, Instant at, Instant now) {
        int partitions = settled.getPartitions();
        var next = standing.toBuilder();
        Map<Integer, Timestamp> complete = with(standing.getCompleteAtMap(), partition, partitions, at);
        next.clearCompleteAt().putAllCompleteAt(complete);
        oldest(complete, partitions).ifPresent(oldest -> {
            next.setLastComplete(oldest);
            if (!standing.hasFirstComplete()) {
                next.setFirstComplete(Times.timestamp(now));
            }
        });
        if (settled.hasBegan()) {
            // By the collector's clock, which may be ahead; but whatever was settled was begun before.
            Instant told = Times.instant(settled.getBegan());
            Map<Integer, Timestamp> began =
                    with(standing.getBeganAtMap(), partition, partitions, told.isBefore(at) ? told : at);
            next.clearBeganAt().putAllBeganAt(began);
            oldest(began, partitions).ifPresent(next::setLastBegan);
        }
        return next.build();
    }

    private static Map<Integer, Timestamp> with(
            Map<Integer, Timestamp> known, int partition, int partitions, Instant at) {
        Map<Integer, Timestamp> parts = new TreeMap<>(known);
        // A detector that repeats itself says old things again.
        parts.merge(
                partition,
                Times.timestamp(at),
                (before, next) -> Times.instant(next).isAfter(Times.instant(before)) ? next : before);
        parts.keySet().removeIf(part -> part >= partitions);
        return parts;
    }

    /// Empty: not all partitions have a time.
    private static Optional<Timestamp> oldest(Map<Integer, Timestamp> parts, int partitions) {
        return partitions > 0 && parts.size() >= partitions
                ? parts.values().stream().min(Comparator.comparing(Times::instant))
                : Optional.empty();
    }

    /// Whether it was seen whole recently enough to act on it.
    static boolean recent(TargetStanding standing, GuardSettings settings, Instant now) {
        return standing.hasLastComplete()
                && !StaleGuard.stale(Times.instant(standing.getLastComplete()), settings, now);
    }
}
