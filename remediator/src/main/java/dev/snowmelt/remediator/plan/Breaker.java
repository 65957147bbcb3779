package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.v1.TargetStanding;
import java.time.Instant;

/// Opens when too large a share of a target is drifted, and stays open until a person resumes (S7).
final class Breaker {
    private Breaker() {}

    /// The standing after a look at the counts.
    static TargetStanding look(
            TargetStanding standing, long drifted, long instances, GuardSettings settings, Instant now) {
        // Shares of a half-read target mean nothing; nothing is terminated there either.
        if (!standing.hasFirstComplete() || standing.hasBreakerOpenedAt()) {
            return standing;
        }
        if (!settings.tooMany(drifted, instances)) {
            return standing.getAcceptedDrifted() == 0
                    ? standing
                    : standing.toBuilder().clearAcceptedDrifted().build();
        }
        return drifted <= standing.getAcceptedDrifted()
                ? standing
                : standing.toBuilder().setBreakerOpenedAt(Times.timestamp(now)).build();
    }

    /// A person resumed: so many drifted instances are accepted.
    static TargetStanding resume(TargetStanding standing, long drifted, Instant at) {
        return standing.hasBreakerOpenedAt() && at.isAfter(Times.instant(standing.getBreakerOpenedAt()))
                ? standing.toBuilder()
                        .clearBreakerOpenedAt()
                        .setAcceptedDrifted(drifted)
                        .build()
                : standing;
    }
}
