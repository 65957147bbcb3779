package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Overrides;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.SnapshotSettled;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadStanding;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Plans for the targets of one partition: takes what comes in, keeps the census and the
/// remediations, and lets the rules decide about the workload that something happened to. Each call
/// is to be one unit: what it writes to [Memory] and says to [Outbox] holds together or not at all.
public final class TaskPlanner {
    private final Memory memory;
    private final Ledger ledger;
    private final GuardSettings guards;
    private final PlanSettings settings;
    private final Fleet fleet;
    private final CensusTaker census;
    private final Schedule schedule = new Schedule();
    private Instant now = Instant.EPOCH;

    public TaskPlanner(Memory memory, Outbox outbox, GuardSettings guards, PlanSettings settings) {
        this.memory = memory;
        this.guards = guards;
        this.settings = settings;
        this.fleet = new Fleet(guards);
        this.ledger = new Ledger(memory, outbox, guards, schedule);
        this.census = new CensusTaker(memory, ledger, guards);
    }

    /// Rebuilds what the heap keeps from what was remembered. To be called once, before anything
    /// else.
    public void load(Instant time) {
        advance(time);
        memory.overrides().each((key, override) -> fleet.layer(key, now).put(key, override));
        memory.targets().each((id, standing) -> fleet.target(id, now).standing(standing));
        memory.workloads().each((id, standing) -> fleet.workload(id, now).standing(standing));
        memory.remediations().each(this::loadRemediation);
        memory.census().each(this::loadCensus);
        for (TargetState target : fleet.targets()) {
            target.settling().unsettle(now, guards);
            for (WorkloadState workload : target.workloads()) {
                target.refresh(workload, guards, now);
            }
            schedule.all(target.active());
        }
    }

    private void loadRemediation(SubjectKey key, TrackedRemediation life) {
        switch (key) {
            case SubjectKey.OfInstance(var workload, var instance) ->
                fleet.workload(workload, now).life(instance, life);
            case SubjectKey.OfWorkload(var workload) ->
                fleet.workload(workload, now).templateLife(life);
            case SubjectKey.OfSnapshot _ -> {}
        }
    }

    private void loadCensus(SubjectKey key, CensusEntry entry) {
        switch (key) {
            case SubjectKey.OfInstance(var workload, var instance) -> {
                Member member = Member.of(instance, entry);
                fleet.workload(workload, now).census(null, member);
                fleet.target(key.target(), now).census().moved(null, member);
            }
            case SubjectKey.OfWorkload(var workload) -> {
                WorkloadVerdict verdict = entry.getRecord().getWorkload();
                fleet.workload(workload, now).verdict(verdict);
                fleet.target(key.target(), now).census().moved(null, verdict);
            }
            case SubjectKey.OfSnapshot _ -> {}
        }
    }

    /// A judgement came.
    ///
    /// @param verdict null: what it was about is gone
    /// @param said when the detector said it; old ones tell of a backlog, behind which anything may
    /// have happened
    public void verdict(SubjectKey key, @Nullable VerdictRecord verdict, Instant said, Instant time) {
        advance(time);
        TargetState target = fleet.target(key.target(), now);
        if (said.plus(settings.lag()).isBefore(now)) {
            target.settling().unsettle(now, guards);
        }
        switch (key) {
            case SubjectKey.OfInstance(var id, var instance) -> {
                WorkloadState workload = target.workload(id);
                census.instance(target, workload, instance, verdict, now);
                changed(target, workload);
            }
            case SubjectKey.OfWorkload(var id) -> {
                WorkloadState workload = target.workload(id);
                census.workload(target, workload, verdict, now);
                changed(target, workload);
            }
            case SubjectKey.OfSnapshot(var _, var partition) -> {
                if (verdict != null) {
                    snapshot(target, partition, verdict.getSnapshot(), said);
                }
            }
        }
        ledger.standing(target, target.heard(key instanceof SubjectKey.OfSnapshot, now));
    }

    /// One partition has settled a snapshot. What waits for the target to be seen, whole or once
    /// more, is looked at.
    private void snapshot(TargetState target, int partition, SnapshotSettled settled, Instant said) {
        TargetStanding before = target.standing();
        census.snapshot(target, partition, settled, said, now);
        TargetStanding next = target.standing();
        boolean first = next.hasFirstComplete() && !before.hasFirstComplete();
        if (first || (Seen.recent(next, guards, now) && !Seen.recent(before, guards, now))) {
            ledger.lookAtBreaker(target, now);
            schedule.all(target.active());
        } else if (!next.getLastBegan().equals(before.getLastBegan())) {
            schedule.all(
                    target.active().stream().filter(WorkloadState::awaitsSight).toList());
        }
    }

    /// A person (or another planner) said something.
    ///
    /// @param override null: it was withdrawn
    public void override(OverrideKey key, @Nullable Override override, Instant time) {
        advance(time);
        memory.overrides().put(key, override);
        Overrides.Layer layer = fleet.layer(key, now);
        if (override == null) {
            layer.remove(key);
        } else {
            layer.put(key, override);
        }
        for (TargetState target : fleet.concerned(key, now)) {
            if (override != null && key.kind() == Kind.RESUME) {
                Instant at = override.hasAt() ? Times.instant(override.getAt()) : now;
                new ResumeRules(ledger, guards, now).resume(target, key.subject(), at);
            }
            if (override != null && override.hasUntil()) {
                target.active().forEach(workload -> schedule.wake(workload, Times.instant(override.getUntil())));
            }
            schedule.all(target.active());
        }
    }

    /// An executor answered.
    ///
    /// @param key the instance, or the workload whose template it is about
    /// @return false when it is about nothing that is under way here, or says nothing new
    public boolean outcome(SubjectKey key, Outcome outcome, Instant time) {
        advance(time);
        return switch (key) {
            case SubjectKey.OfInstance(var id, var instance) -> {
                WorkloadState workload = fleet.known(id);
                yield workload != null
                        && outcome(workload, key, workload.lives().get(instance), outcome);
            }
            case SubjectKey.OfWorkload(var id) -> {
                WorkloadState workload = fleet.known(id);
                yield workload != null && outcome(workload, key, workload.templateLife(), outcome);
            }
            case SubjectKey.OfSnapshot _ -> false;
        };
    }

    private boolean outcome(
            WorkloadState workload, SubjectKey key, @Nullable TrackedRemediation life, Outcome outcome) {
        if (life == null) {
            return false;
        }
        WorkloadStanding standing = workload.standing();
        Optional<TrackedRemediation> next = OutcomeRules.next(life, standing, outcome, settings, now);
        next.ifPresent(changed -> {
            TargetState target = fleet.target(workload.id().target(), now);
            ledger.standing(workload, Deferral.remembered(standing, changed, outcome, settings, now));
            ledger.advance(target, workload, key, changed, now);
            changed(target, workload);
        });
        return next.isPresent();
    }

    /// Time passed: what waited for it is looked at.
    ///
    /// @param workloads at most so many workloads; the others follow with the next call
    public void tick(Instant time, int workloads) {
        advance(time);
        for (TargetState target : fleet.targets()) {
            for (WorkloadId recent : List.copyOf(target.recent())) {
                target.refresh(target.workload(recent), guards, now);
            }
        }
        for (WorkloadId due : schedule.due(now, workloads)) {
            WorkloadState workload = fleet.known(due);
            if (workload != null) {
                plan(fleet.target(due.target(), now), workload);
            }
        }
    }

    /// Forgets remediations that ended long ago.
    public void forgetOld(Instant time) {
        advance(time);
        Instant old = now.minus(settings.retention());
        var forgotten = new ArrayList<SubjectKey>();
        memory.remediations().each((key, life) -> {
            if (Life.ended(life)
                    && Times.instant(life.getRemediation().getEndedAt()).isBefore(old)) {
                forgotten.add(key);
            }
        });
        forgotten.forEach(ledger::forgetEnded);
    }

    /// How the targets stand.
    public Figures figures() {
        return fleet.figures(now);
    }

    /// A workload changed: sums first, then, unless so much waits there that it is better done once
    /// for many changes, the plan.
    private void changed(TargetState target, WorkloadState workload) {
        boolean tooManyBefore = target.tooManyNewlyOutdated(guards);
        target.refresh(workload, guards, now);
        ledger.lookAtBreaker(target, now);
        if (!tooManyBefore && target.tooManyNewlyOutdated(guards)) {
            schedule.all(target.active());
        }
        if (workload.large()) {
            schedule.dirty(workload);
        } else {
            plan(target, workload);
        }
    }

    private void plan(TargetState target, WorkloadState workload) {
        schedule.planned(workload);
        var agenda = new Agenda();
        InFlightRules.decide(situation(target, workload), agenda);
        ledger.apply(target, workload, agenda, now);
        agenda = new Agenda();
        TemplateRules.decide(situation(target, workload), agenda);
        ledger.apply(target, workload, agenda, now);
        agenda = new Agenda();
        CandidateRules.decide(situation(target, workload), agenda);
        ledger.apply(target, workload, agenda, now);
    }

    private Situation situation(TargetState target, WorkloadState workload) {
        return new Situation(now, target.view(workload, now), workload, guards, settings, this::earlierAttempts);
    }

    private int earlierAttempts(SubjectKey key) {
        TrackedRemediation earlier = memory.remediations().get(key);
        return earlier == null ? 0 : earlier.getRemediation().getAttempt();
    }

    /// Clocks may step back; time here does not.
    private void advance(Instant time) {
        if (time.isAfter(now)) {
            now = time;
        }
    }
}
