package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.Command.Action;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.Withdrawal;
import dev.snowmelt.v1.WorkloadStanding;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Carries decisions out: into memory, into the heap's counts, and out to the world, always all
/// three.
final class Ledger {
    private static final String PLANNER = "planner";

    private final Memory memory;
    private final Outbox outbox;
    private final GuardSettings guards;
    private final Schedule schedule;

    Ledger(Memory memory, Outbox outbox, GuardSettings guards, Schedule schedule) {
        this.memory = memory;
        this.outbox = outbox;
        this.guards = guards;
        this.schedule = schedule;
    }

    void apply(TargetState target, WorkloadState workload, Agenda agenda, Instant now) {
        for (Decision decision : agenda.decisions()) {
            switch (decision) {
                case Decision.Advance(var key, var next) -> advance(target, workload, key, next, now);
                case Decision.Issue(var key, var next, var command) -> {
                    outbox.command(workload.id(), command);
                    advance(target, workload, key, next, now);
                }
                case Decision.Attribute(var replacement, var replaced) -> {
                    attribute(new SubjectKey.OfInstance(workload.id(), replacement), replaced.toString());
                    workload.attribute(replacement, replaced);
                }
                case Decision.Suspend suspend -> suspend(target, workload, suspend, now);
                case Decision.EndSuspension() -> standing(workload, notSuspended(workload.standing()));
                case Decision.RequireApproval(var revision) ->
                    standing(
                            workload,
                            workload.standing().toBuilder()
                                    .setApprovalRevision(revision)
                                    .build());
                case Decision.Forget(var key) -> forget(workload, key);
            }
        }
        schedule.wake(workload, agenda.wake());
        if (!agenda.decisions().isEmpty()) {
            refresh(target, workload, now);
        }
    }

    /// Brings the target's sums up to date. Where fewer workloads are on their way now, the turn is
    /// another one's: those that wait for it are looked at.
    private void refresh(TargetState target, WorkloadState workload, Instant now) {
        int before = target.busy();
        target.refresh(workload, guards, now);
        if (target.busy() < before) {
            schedule.all(target.active());
        }
    }

    void advance(TargetState target, WorkloadState workload, SubjectKey key, TrackedRemediation next, Instant now) {
        TrackedRemediation before = memory.remediations().get(key);
        memory.remediations().put(key, next);
        switch (key) {
            case SubjectKey.OfInstance(var _, var instance) -> workload.life(instance, next);
            case SubjectKey.OfWorkload _ -> workload.templateLife(next);
            case SubjectKey.OfSnapshot _ -> throw new IllegalArgumentException("a snapshot has no remediation: " + key);
        }
        Remediation published = next.getRemediation();
        if (before == null || !before.getRemediation().equals(published)) {
            outbox.remediation(key, before == null ? null : before.getRemediation(), published);
        }
        if (before == null || Life.phase(before) != Life.phase(next)) {
            entered(workload, next, now);
        }
        refresh(target, workload, now);
    }

    private void entered(WorkloadState workload, TrackedRemediation life, Instant now) {
        Remediation remediation = life.getRemediation();
        switch (Life.phase(life)) {
            case REPLACED -> {
                evidence(workload, remediation);
                standing(workload, proven(workload.standing(), remediation, now));
            }
            case ISSUED, RETIRED, RESOLVED, STUCK, FAILED -> evidence(workload, remediation);
            case HELD, BLOCKED, TERMINATED, PHASE_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }

    private static WorkloadStanding proven(WorkloadStanding standing, Remediation remediation, Instant now) {
        var next = standing.toBuilder();
        if (remediation.getAction() == Action.RESTORE_TEMPLATE) {
            next.setRestoredAt(Times.timestamp(now)).setRestoredRevision(remediation.getRevision());
        } else if (remediation.getRevision() > standing.getProvenRevision()) {
            next.setProvenRevision(remediation.getRevision());
        }
        return next.build();
    }

    private void evidence(WorkloadState workload, Remediation remediation) {
        outbox.evidence(
                workload.id(),
                Evidence.newBuilder()
                        .setWorkload(remediation.getWorkload())
                        .setInstance(remediation.getInstance())
                        .setRemediation(remediation)
                        .build());
    }

    private void attribute(SubjectKey key, String replaced) {
        CensusEntry entry = memory.census().get(key);
        if (entry != null) {
            memory.census().put(key, entry.toBuilder().setReplaces(replaced).build());
        }
    }

    private void forget(WorkloadState workload, SubjectKey key) {
        switch (key) {
            case SubjectKey.OfInstance(var _, var instance) -> workload.forget(instance);
            case SubjectKey.OfWorkload _ -> workload.templateLife(null);
            case SubjectKey.OfSnapshot _ -> {}
        }
        forgetEnded(key);
    }

    void forgetEnded(SubjectKey key) {
        TrackedRemediation before = memory.remediations().get(key);
        if (before != null) {
            memory.remediations().put(key, null);
            outbox.remediation(key, before.getRemediation(), null);
        }
    }

    private void suspend(TargetState target, WorkloadState workload, Decision.Suspend suspend, Instant now) {
        WorkloadStanding before = workload.standing();
        boolean forAPerson = before.hasSuspendedAt() && !before.getSuspendedUntilProven();
        if (forAPerson || (before.hasSuspendedAt() && suspend.untilProven())) {
            return;
        }
        standing(
                workload,
                before.toBuilder()
                        .setSuspendedAt(Times.timestamp(now))
                        .setSuspendedBecause(suspend.because())
                        .setSuspendedUntilProven(suspend.untilProven())
                        .build());
        refresh(target, workload, now);
        if (target.suspended().size() >= 2 && !target.standing().hasSuspendedAt()) {
            suspend(target, now);
        }
    }

    static WorkloadStanding notSuspended(WorkloadStanding standing) {
        return standing.toBuilder()
                .clearSuspendedAt()
                .clearSuspendedBecause()
                .clearSuspendedUntilProven()
                .build();
    }

    /// Two suspended workloads are no accident: the target is suspended, and everybody hears of it.
    private void suspend(TargetState target, Instant now) {
        String because =
                "%d of its workloads are suspended".formatted(target.suspended().size());
        standing(
                target,
                target.standing().toBuilder()
                        .setSuspendedAt(Times.timestamp(now))
                        .setSuspendedBecause(because)
                        .build());
        var suspension = Override.newBuilder()
                .setTarget(OverrideKey.EVERY_TARGET)
                .setKind(Kind.SUSPENSION)
                .setSubject(target.id().toString())
                .setReason(because)
                .setBy(PLANNER);
        outbox.proposal(
                target.id(),
                Proposal.newBuilder()
                        .setOverride(suspension)
                        .setBy(PLANNER)
                        .setReason(because)
                        .build());
        schedule.all(target.active());
    }

    /// The target goes on, and everybody hears of that too.
    void unsuspend(TargetState target, TargetStanding next) {
        standing(target, next);
        var withdrawal = Withdrawal.newBuilder()
                .setTarget(OverrideKey.EVERY_TARGET)
                .setKind(Kind.SUSPENSION)
                .setSubject(target.id().toString());
        outbox.proposal(
                target.id(),
                Proposal.newBuilder()
                        .setWithdrawal(withdrawal)
                        .setBy(PLANNER)
                        .setReason("a person resumed the target")
                        .build());
    }

    void lookAtBreaker(TargetState target, Instant now) {
        TargetStanding next = Breaker.look(target.standing(), target.drifted(), target.instances(), guards, now);
        if (!next.equals(target.standing())) {
            boolean opens = next.hasBreakerOpenedAt();
            standing(target, next);
            if (opens) {
                schedule.all(target.active());
            }
        }
    }

    void standing(TargetState target, TargetStanding next) {
        if (!next.equals(target.standing())) {
            target.standing(next);
            memory.targets().put(target.id(), next);
        }
    }

    void standing(WorkloadState workload, WorkloadStanding next) {
        if (!next.equals(workload.standing())) {
            workload.standing(next);
            @Nullable WorkloadStanding kept = next.equals(WorkloadStanding.getDefaultInstance()) ? null : next;
            memory.workloads().put(workload.id(), kept);
        }
    }
}
