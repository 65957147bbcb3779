package dev.snowmelt.remediator.guard;

import java.time.Duration;

/// What an operator sets for all targets.
///
/// @param breakerShare share of a target's instances that may be drifted (or newly outdated) before everything
/// stops there; more than 0, at most 1
/// @param breakerMinimum fewer instances than this never stop a target, 1 or more
/// @param settle how long the census must have been quiet after a jump
/// @param jump by how many instances the census must move within `settle` to count as a jump, 1 or more
/// @param declarationsWindow declarations of so long ago and less count together as one change of the fleet
/// @param clockTolerance by how much the platform's clock may be behind the planner's when "created after" is asked
/// @param censusAge how old the picture of a target may be; the collectors' resync must be well below it
public record GuardSettings(
        double breakerShare,
        int breakerMinimum,
        Duration settle,
        int jump,
        Duration declarationsWindow,
        Duration clockTolerance,
        Duration censusAge) {
    /// More than three times the collectors' default resync of 10 min: one snapshot may fail.
    public static final Duration CENSUS_AGE = Duration.ofMinutes(35);

    public GuardSettings {
        if (!(breakerShare > 0 && breakerShare <= 1)) {
            throw new IllegalArgumentException("the breaker's share is more than 0 and at most 1, not " + breakerShare);
        }
        if (breakerMinimum < 1 || jump < 1) {
            throw new IllegalArgumentException("breaker minimum and jump are 1 or more");
        }
        if (settle.isNegative() || declarationsWindow.isNegative() || clockTolerance.isNegative()) {
            throw new IllegalArgumentException("settings of the guards must not be negative durations");
        }
        if (!censusAge.isPositive()) {
            throw new IllegalArgumentException("the census may be older than nothing, not " + censusAge);
        }
    }

    /// With the default [#CENSUS_AGE].
    public GuardSettings(
            double breakerShare,
            int breakerMinimum,
            Duration settle,
            int jump,
            Duration declarationsWindow,
            Duration clockTolerance) {
        this(breakerShare, breakerMinimum, settle, jump, declarationsWindow, clockTolerance, CENSUS_AGE);
    }

    /// The design's figures: 30 %, at least 5, 2 s after a jump of 5, 10 min; 2 s of tolerance between clocks; 35 min.
    public static GuardSettings defaults() {
        return new GuardSettings(0.3, 5, Duration.ofSeconds(2), 5, Duration.ofMinutes(10), Duration.ofSeconds(2));
    }

    /// True when so many instances are too large a share of a target.
    public boolean tooMany(long instances, long of) {
        return instances >= breakerMinimum && instances > breakerShare * of;
    }
}
