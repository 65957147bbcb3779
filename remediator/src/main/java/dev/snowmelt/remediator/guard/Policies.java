package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Duration;

/// The defaults of a declaration's remediation policy, as declaration.proto states them.
public final class Policies {
    private Policies() {}

    /// How long a drift must last: 60 s unless declared.
    public static Duration gracePeriod(RemediationPolicy policy) {
        return policy.hasGracePeriod() ? Times.duration(policy.getGracePeriod()) : Duration.ofSeconds(60);
    }

    /// How long an instance is left alone after somebody was inside: 1 h unless declared.
    public static Duration touchHold(RemediationPolicy policy) {
        return policy.hasTouchHold() ? Times.duration(policy.getTouchHold()) : Duration.ofHours(1);
    }

    /// How long a template must have diverged: 10 min unless declared.
    public static Duration restoreGracePeriod(RemediationPolicy policy) {
        return policy.getRestoreTemplate().hasGracePeriod()
                ? Times.duration(policy.getRestoreTemplate().getGracePeriod())
                : Duration.ofMinutes(10);
    }

    /// How long after its termination an instance may take until another one is ready in its place:
    /// 10 min unless declared.
    public static Duration replaceTimeout(RemediationPolicy policy) {
        return policy.hasReplaceTimeout() ? Times.duration(policy.getReplaceTimeout()) : Duration.ofMinutes(10);
    }

    /// How long a replacement may take to be proven: so long, and then as long as it must have been
    /// ready.
    public static Duration proofTimeout(WorkloadVerdict verdict) {
        return replaceTimeout(verdict.getPolicy()).plus(minReady(verdict));
    }

    /// For how long an instance must have been ready until that counts: 0 unless its controller
    /// shows instances as ready that it has not checked yet.
    public static Duration minReady(WorkloadVerdict verdict) {
        return Duration.ofSeconds(Math.max(0, verdict.getStatus().getMinReadySeconds()));
    }

    /// True when the declaration names a kind that is otherwise report-only.
    public static boolean alsoTerminates(RemediationPolicy policy, RemediationPolicy.Protected kind) {
        return policy.getAlsoTerminateList().contains(kind);
    }
}
