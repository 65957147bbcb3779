package dev.snowmelt.remediator.plan;

import java.time.Duration;

/// How commands are issued and how long the planner remembers.
///
/// @param commandExpiry how long an executor may take to act on a command
/// @param attempts commands in a row whose effect nobody knows before the remediation is STUCK, 1
/// or more
/// @param blockedRetry after how long to try again what was refused for now, unless the platform
/// says when; it doubles
/// @param longestRetry the longest that it becomes, `blockedRetry` or more
/// @param callMargin how long after a command's expiry a call that was sent before it may still
/// take effect
/// @param restoreMemory a template that diverges again within this time after its restore suspends
/// its workload
/// @param retention how long ended remediations stay in `remediations`
/// @param lag a verdict older than this says that there is a backlog; while one is read the census
/// is not settled
public record PlanSettings(
        Duration commandExpiry,
        int attempts,
        Duration blockedRetry,
        Duration longestRetry,
        Duration callMargin,
        Duration restoreMemory,
        Duration retention,
        Duration lag) {
    public PlanSettings {
        if (attempts < 1) {
            throw new IllegalArgumentException("a command has at least 1 attempt, not " + attempts);
        }
        if (!commandExpiry.isPositive() || !blockedRetry.isPositive()) {
            throw new IllegalArgumentException("expiry and retry of commands are more than 0");
        }
        if (longestRetry.compareTo(blockedRetry) < 0) {
            throw new IllegalArgumentException("the longest retry is not shorter than the first");
        }
    }

    /// 2 min, 3 attempts, 30 s to 10 min, 30 s, 24 h, 30 d, 30 s.
    public static PlanSettings defaults() {
        return new PlanSettings(
                Duration.ofMinutes(2),
                3,
                Duration.ofSeconds(30),
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                Duration.ofHours(24),
                Duration.ofDays(30),
                Duration.ofSeconds(30));
    }
}
