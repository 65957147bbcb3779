package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Case;
import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Policies;
import dev.snowmelt.remediator.guard.Subject;
import dev.snowmelt.remediator.guard.TargetView;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.remediator.guard.WorkloadView;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.function.ToIntFunction;

/// All that the rules decide from: a workload in its target at a time.
///
/// @param earlierAttempts attempts of remediations of the same subject that have ended: command ids
/// must not repeat
record Situation(
        Instant now,
        TargetView target,
        WorkloadState workload,
        GuardSettings guards,
        PlanSettings settings,
        ToIntFunction<SubjectKey> earlierAttempts) {

    RemediationPolicy policy() {
        WorkloadVerdict verdict = workload.verdict();
        return verdict == null ? RemediationPolicy.getDefaultInstance() : verdict.getPolicy();
    }

    boolean off() {
        return policy().getMode() == Mode.OFF;
    }

    Duration replaceTimeout() {
        return Policies.replaceTimeout(policy());
    }

    /// As long as a replacement may take to be proven.
    Duration proofTimeout() {
        WorkloadVerdict verdict = workload.verdict();
        return verdict == null ? replaceTimeout() : Policies.proofTimeout(verdict);
    }

    /// For how long a replacement must have been ready.
    Duration minReady() {
        WorkloadVerdict verdict = workload.verdict();
        return verdict == null ? Duration.ZERO : Policies.minReady(verdict);
    }

    /// Whether all that was there has been looked at since a time. Clocks of collectors are taken
    /// at their word.
    boolean lookedAtSince(Instant time) {
        return target.standing().hasLastBegan()
                && Times.instant(target.standing().getLastBegan()).isAfter(time);
    }

    Case about(Subject subject, WorkloadView view) {
        return new Case(now, subject, view, target, guards);
    }
}
