package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Ruling;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.WorkloadStanding;
import java.time.Instant;
import java.util.List;

/// What a person's "go on" does: it closes the breaker, lifts suspensions and frees slots of what
/// it is about, as far as they began before it was said.
final class ResumeRules {
    private final Ledger ledger;
    private final GuardSettings guards;
    private final Instant now;

    ResumeRules(Ledger ledger, GuardSettings guards, Instant now) {
        this.ledger = ledger;
        this.guards = guards;
        this.now = now;
    }

    /// @param subject a workload, a target or `*`
    /// @param at when it was said
    void resume(TargetState target, String subject, Instant at) {
        boolean whole = subject.equals(target.id().toString()) || subject.equals(OverrideKey.EVERY_TARGET);
        if (whole) {
            ledger.standing(target, Breaker.resume(target.standing(), target.drifted(), at));
            TargetStanding standing = target.standing();
            if (standing.hasSuspendedAt() && began(standing.getSuspendedAt(), at)) {
                ledger.unsuspend(
                        target,
                        standing.toBuilder()
                                .clearSuspendedAt()
                                .clearSuspendedBecause()
                                .build());
            }
        }
        for (WorkloadState workload : List.copyOf(target.workloads())) {
            if (whole || subject.equals(workload.id().toString())) {
                resume(target, workload, at);
            }
        }
    }

    private void resume(TargetState target, WorkloadState workload, Instant at) {
        // What was in the way may not be any more: that is why it was said.
        WorkloadStanding.Builder standing = Deferral.forgotten(workload.standing()).toBuilder();
        if (standing.hasSuspendedAt() && began(standing.getSuspendedAt(), at)) {
            standing = Ledger.notSuspended(standing.build()).toBuilder();
        }
        if (standing.hasRestoredAt() && began(standing.getRestoredAt(), at)) {
            standing.clearRestoredAt().clearRestoredRevision();
        }
        ledger.standing(workload, standing.build());
        for (var entry : List.copyOf(workload.lives().entrySet())) {
            TrackedRemediation life = entry.getValue();
            if (waitsForAPerson(life, at)) {
                boolean gone = !workload.notable().containsKey(entry.getKey());
                SubjectKey key = new SubjectKey.OfInstance(workload.id(), entry.getKey());
                ledger.advance(target, workload, key, gone ? resolved(life) : again(life), now);
            }
        }
        TrackedRemediation template = workload.templateLife();
        if (template != null && waitsForAPerson(template, at)) {
            ledger.advance(target, workload, new SubjectKey.OfWorkload(workload.id()), again(template), now);
        }
        target.refresh(workload, guards, now);
    }

    private static boolean waitsForAPerson(TrackedRemediation life, Instant at) {
        boolean waits = switch (Life.phase(life)) {
            case STUCK, FAILED, BLOCKED -> true;
            case HELD -> life.getDeferred() > 0 || life.hasEffectUnknownUntil();
            case ISSUED, TERMINATED, REPLACED, RETIRED, RESOLVED -> false;
            case PHASE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
        return waits && began(life.getRemediation().getUpdatedAt(), at);
    }

    private TrackedRemediation again(TrackedRemediation life) {
        var hold = new Ruling.Hold(Reason.UNKNOWN, "a person resumed: it is looked at again", null);
        return Life.held(life, Phase.HELD, hold, now).toBuilder()
                .clearEffectUnknownUntil()
                .clearUnanswered()
                .clearDeferred()
                .clearGoneBeforeCall()
                .build();
    }

    private TrackedRemediation resolved(TrackedRemediation life) {
        return Life.ended(life, Phase.RESOLVED, "gone; a person resumed without a proven replacement", now);
    }

    private static boolean began(com.google.protobuf.Timestamp time, Instant at) {
        return Times.instant(time).isBefore(at);
    }
}
