package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.v1.Command.Action;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.WorkloadStanding;
import java.time.Duration;
import java.time.Instant;

/// How long it takes until something is asked again that was answered by "not now" or "not this
/// one": twice as long each time. What is in the way of a whole workload is remembered of the
/// workload, and counted there: each of its instances would be answered alike, so one of them asks
/// for all.
final class Deferral {
    private Deferral() {}

    /// @param before how often in a row it was answered so before
    static Instant until(int before, PlanSettings settings, Instant now) {
        Duration wait = settings.blockedRetry().multipliedBy(1L << Math.min(before, 16));
        return now.plus(wait.compareTo(settings.longestRetry()) < 0 ? wait : settings.longestRetry());
    }

    /// Whether it is the workload that is blocked. Of a restore there is only one, which counts for
    /// itself.
    static boolean ofWorkload(TrackedRemediation life, Outcome outcome) {
        return outcome.getResult() == Result.BLOCKED && outcome.getBlocksWorkload() && ofInstance(life);
    }

    private static boolean ofInstance(TrackedRemediation life) {
        return life.getRemediation().getAction() == Action.REPLACE_INSTANCE;
    }

    /// How often in a row the workload was blocked as a whole before, as far as it counts now.
    /// Commands that went out together count once.
    static int blocks(WorkloadStanding standing, PlanSettings settings, Instant now) {
        Instant until = Times.instant(standing.getBlocked().getUntil());
        if (!standing.hasBlocked() || until.plus(settings.longestRetry()).isBefore(now)) {
            return 0;
        }
        return until.isAfter(now) ? Math.max(0, standing.getBlocks() - 1) : standing.getBlocks();
    }

    /// What is remembered of the workload after an outcome that counts.
    ///
    /// @param next the remediation after it
    static WorkloadStanding remembered(
            WorkloadStanding standing, TrackedRemediation next, Outcome outcome, PlanSettings settings, Instant now) {
        if (ofWorkload(next, outcome)) {
            return standing.toBuilder()
                    .setBlocked(next.getRemediation().getHold())
                    .setBlocks(blocks(standing, settings, now) + 1)
                    .build();
        }
        boolean passed = outcome.getResult() == Result.TERMINATED || outcome.getResult() == Result.DRY_RUN;
        return passed && ofInstance(next) ? forgotten(standing) : standing;
    }

    /// Nothing is known to be in the way of the workload.
    static WorkloadStanding forgotten(WorkloadStanding standing) {
        return standing.toBuilder().clearBlocked().clearBlocks().build();
    }
}
