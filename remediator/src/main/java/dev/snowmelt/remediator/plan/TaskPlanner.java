package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Overrides;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.SnapshotSettled;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadStanding;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final Overrides.Layer fleet = new Overrides.Layer();
    private final Map<TargetId, TargetState> targets = new HashMap<>();
    private final Schedule schedule = new Schedule();
    private Instant now = Instant.EPOCH;

    public TaskPlanner(Memory memory, Outbox outbox, GuardSettings guards, PlanSettings settings) {
        this.memory = memory;
        this.guards = guards;
        this.settings = settings;
        this.ledger = new Ledger(memory, outbox, guards, schedule);
    }

    /// Rebuilds what the heap keeps from what was remembered. To be called once, before anything
    /// else.
    public void load(Instant time) {
        advance(time);
        memory.overrides().each(this::layer);
        memory.targets().each((id, standing) -> target(id).standing(standing));
        memory.workloads().each((id, standing) -> workload(id).standing(standing));
        memory.remediations().each(this::loadRemediation);
        memory.census().each(this::loadCensus);
        for (TargetState target : targets.values()) {
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
                workload(workload).life(instance, life);
            case SubjectKey.OfWorkload(var workload) -> workload(workload).templateLife(life);
            case SubjectKey.OfSnapshot _ -> {}
        }
    }

    private void loadCensus(SubjectKey key, CensusEntry entry) {
        switch (key) {
            case SubjectKey.OfInstance(var workload, var instance) -> {
                Member member = Member.of(instance, entry);
                workload(workload).census(null, member);
                target(key.target()).census().moved(null, member);
            }
            case SubjectKey.OfWorkload(var workload) -> {
                WorkloadVerdict verdict = entry.getRecord().getWorkload();
                workload(workload).verdict(verdict, Times.instant(entry.getReceived()));
                target(key.target()).census().moved(null, verdict);
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
        if (said.plus(settings.lag()).isBefore(now)) {
            target(key.target()).settling().unsettle(now, guards);
        }
        switch (key) {
            case SubjectKey.OfInstance(var workload, var instance) -> instance(key, workload, instance, verdict);
            case SubjectKey.OfWorkload(var workload) -> workload(key, workload, verdict);
            case SubjectKey.OfSnapshot(var target, var partition) -> {
                if (verdict != null) {
                    snapshot(target(target), partition, verdict.getSnapshot(), said);
                }
            }
        }
    }

    private void instance(SubjectKey key, WorkloadId workloadId, InstanceId instance, @Nullable VerdictRecord verdict) {
        TargetState target = target(workloadId.target());
        WorkloadState workload = target.workload(workloadId);
        CensusEntry known = memory.census().get(key);
        Member before = known == null ? null : Member.of(instance, known);
        CensusEntry entry = null;
        if (verdict != null) {
            var next = entry(verdict);
            next.setFirstSeen(
                    known == null || startedAnew(known.getRecord().getInstance(), verdict.getInstance())
                            ? Times.timestamp(now)
                            : known.getFirstSeen());
            next.setReplaces(known == null ? "" : known.getReplaces());
            entry = next.build();
        }
        if (known != null || entry != null) {
            memory.census().put(key, entry);
        }
        Member after = entry == null ? null : Member.of(instance, entry);
        workload.census(before, after);
        target.census().moved(before, after);
        target.settling()
                .moved(
                        now,
                        by(before, after, _ -> true),
                        by(before, after, Member::drifted),
                        by(before, after, Member::outdated),
                        guards);
        changed(target, workload);
    }

    /// Some platforms let an instance that was stopped run again under its id (EC2 does, and its
    /// warm pools rest on it): then it came into being when it was started, as its creation time
    /// says.
    private static boolean startedAnew(Verdict before, Verdict after) {
        return before.hasCreated()
                && after.hasCreated()
                && Times.instant(after.getCreated()).isAfter(Times.instant(before.getCreated()));
    }

    private static int by(
            @Nullable Member before, @Nullable Member after, java.util.function.Predicate<Member> counts) {
        return (after != null && counts.test(after) ? 1 : 0) - (before != null && counts.test(before) ? 1 : 0);
    }

    private void workload(SubjectKey key, WorkloadId workloadId, @Nullable VerdictRecord verdict) {
        TargetState target = target(workloadId.target());
        WorkloadState workload = target.workload(workloadId);
        memory.census().put(key, verdict == null ? null : entry(verdict).build());
        WorkloadVerdict newest = verdict == null ? null : verdict.getWorkload();
        target.census().moved(workload.verdict(), newest);
        workload.verdict(newest, now);
        heard(workload, newest);
        changed(target, workload);
    }

    /// Remembers when a revision was first heard of. With the workload that is forgotten: should it
    /// come back, its revision is new again.
    private void heard(WorkloadState workload, @Nullable WorkloadVerdict newest) {
        WorkloadStanding standing = workload.standing();
        if (newest == null) {
            ledger.standing(
                    workload,
                    standing.toBuilder().clearHeardRevision().clearHeardAt().build());
        } else if (newest.getRevision() > 0 && newest.getRevision() != standing.getHeardRevision()) {
            ledger.standing(
                    workload,
                    standing.toBuilder()
                            .setHeardRevision(newest.getRevision())
                            .setHeardAt(Times.timestamp(now))
                            .build());
        }
    }

    private CensusEntry.Builder entry(VerdictRecord verdict) {
        return CensusEntry.newBuilder().setRecord(verdict).setReceived(Times.timestamp(now));
    }

    /// One partition has settled a snapshot; when each of them has, the target has been seen whole.
    private void snapshot(TargetState target, int partition, SnapshotSettled settled, Instant said) {
        if (!settled.getComplete()) {
            return;
        }
        TargetStanding before = target.standing();
        // A word that waited in a backlog tells of then, not of now.
        Instant at = said.isBefore(now) ? said : now;
        TargetStanding next = Seen.complete(before, partition, settled.getPartitions(), at, now);
        ledger.standing(target, next);
        boolean first = next.hasFirstComplete() && !before.hasFirstComplete();
        if (first || (Seen.recent(next, guards, now) && !Seen.recent(before, guards, now))) {
            ledger.lookAtBreaker(target, now);
            schedule.all(target.active());
        }
    }

    /// A person (or another planner) said something.
    ///
    /// @param override null: it was withdrawn
    public void override(OverrideKey key, @Nullable Override override, Instant time) {
        advance(time);
        memory.overrides().put(key, override);
        Overrides.Layer layer = key.target().map(id -> target(id).own()).orElse(fleet);
        if (override == null) {
            layer.remove(key);
        } else {
            layer.put(key, override);
        }
        for (TargetState target : key.target().map(id -> List.of(target(id))).orElseGet(this::all)) {
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
                WorkloadState workload = known(id);
                yield workload != null
                        && outcome(workload, key, workload.lives().get(instance), outcome);
            }
            case SubjectKey.OfWorkload(var id) -> {
                WorkloadState workload = known(id);
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
        Optional<TrackedRemediation> next = OutcomeRules.next(life, outcome, settings, now);
        next.ifPresent(changed -> {
            TargetState target = target(workload.id().target());
            ledger.advance(target, workload, key, changed, now);
            changed(target, workload);
        });
        return next.isPresent();
    }

    private @Nullable WorkloadState known(WorkloadId id) {
        TargetState target = targets.get(id.target());
        return target == null ? null : target.known(id);
    }

    /// Time passed: what waited for it is looked at.
    ///
    /// @param workloads at most so many workloads; the others follow with the next call
    public void tick(Instant time, int workloads) {
        advance(time);
        for (TargetState target : targets.values()) {
            for (WorkloadId recent : List.copyOf(target.recent())) {
                target.refresh(target.workload(recent), guards, now);
            }
        }
        for (WorkloadId due : schedule.due(now, workloads)) {
            TargetState target = targets.get(due.target());
            WorkloadState workload = target == null ? null : target.known(due);
            if (target != null && workload != null) {
                plan(target, workload);
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
        return new Figures(
                targets.values().stream().map(target -> target.figures(now)).toList());
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

    private void layer(OverrideKey key, Override override) {
        key.target().map(id -> target(id).own()).orElse(fleet).put(key, override);
    }

    private TargetState target(TargetId id) {
        return targets.computeIfAbsent(id, missing -> {
            var target = new TargetState(missing, now, fleet);
            target.settling().unsettle(now, guards);
            return target;
        });
    }

    private WorkloadState workload(WorkloadId id) {
        return target(id.target()).workload(id);
    }

    private List<TargetState> all() {
        return List.copyOf(targets.values());
    }

    /// Clocks may step back; time here does not.
    private void advance(Instant time) {
        if (time.isAfter(now)) {
            now = time;
        }
    }
}
