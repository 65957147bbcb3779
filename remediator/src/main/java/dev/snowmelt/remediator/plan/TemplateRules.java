package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Guards;
import dev.snowmelt.remediator.guard.Restarts;
import dev.snowmelt.remediator.guard.Ruling;
import dev.snowmelt.remediator.guard.Subject;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Command.Action;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.WorkloadStanding;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadVerdict;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What becomes of a template that is not what is declared: restored when the declaration allows
/// it, otherwise visibly held.
final class TemplateRules {
    private final Situation situation;
    private final Agenda agenda;
    private final SubjectKey key;

    private TemplateRules(Situation situation, Agenda agenda) {
        this.situation = situation;
        this.agenda = agenda;
        this.key = new SubjectKey.OfWorkload(situation.workload().id());
    }

    static void decide(Situation situation, Agenda agenda) {
        var rules = new TemplateRules(situation, agenda);
        TrackedRemediation life = situation.workload().templateLife();
        WorkloadVerdict verdict = situation.workload().verdict();
        if (life != null && verdict == null) {
            rules.end(life, Phase.RESOLVED, "its workload is gone");
        } else if (life != null && verdict != null && Life.underWay(life)) {
            rules.underWay(life, verdict);
        } else if (verdict != null && situation.workload().diverged()) {
            rules.diverged(life, verdict);
        } else if (life != null && verdict != null) {
            rules.notDiverged(life, verdict);
        }
    }

    private void underWay(TrackedRemediation life, WorkloadVerdict verdict) {
        switch (Life.phase(life)) {
            case ISSUED -> {
                if (agenda.awaits(Life.expiresAt(life), situation.now())) {
                    return;
                }
                if (verdict.getTemplateState() == TemplateState.MATCHING) {
                    matches(life, verdict);
                } else {
                    lookAgainOrGiveUp(Life.unanswered(life, situation.settings().callMargin()));
                }
            }
            case TERMINATED -> awaitRollout(life, verdict);
            case STUCK -> {
                if (restored(verdict)) {
                    proven(life);
                }
            }
            case HELD, BLOCKED, FAILED, REPLACED, RETIRED, RESOLVED, PHASE_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }

    private void awaitRollout(TrackedRemediation life, WorkloadVerdict verdict) {
        if (restored(verdict)) {
            proven(life);
            return;
        }
        Instant overdue = Times.instant(life.getRemediation().getTerminatedAt()).plus(situation.replaceTimeout());
        if (agenda.awaits(overdue, situation.now())) {
            return;
        }
        if (!situation.lookedAtSince(overdue)) {
            String waits = "the template was not seen to match within %d s; the target's next complete snapshot decides"
                    .formatted(situation.replaceTimeout().toSeconds());
            if (!life.getRemediation().getDetail().equals(waits)) {
                advance(Life.moved(life, Phase.TERMINATED, waits, situation.now()));
            }
            return;
        }
        String detail = "the template does not match, or its rollout did not end, within %d s"
                .formatted(situation.replaceTimeout().toSeconds());
        advance(Life.moved(life, Phase.STUCK, detail, situation.now()));
        agenda.add(new Decision.Suspend(
                "the restore of its template did not come to an end; that ends when it does, or when a person resumes",
                true));
    }

    /// It matches, and what restoring it restarted is back. Where that is nothing, how many
    /// replicas are ready says nothing of the restore.
    private boolean restored(WorkloadVerdict verdict) {
        WorkloadStatus status = verdict.getStatus();
        return verdict.getTemplateState() == TemplateState.MATCHING
                && verdict.hasStatus()
                && status.getGeneration() <= status.getObservedGeneration()
                && (Restarts.nothing(verdict)
                        || (!status.getRolloutInProgress() && status.getReady() >= status.getDesired()));
    }

    private void proven(TrackedRemediation life) {
        end(
                life,
                Phase.REPLACED,
                Restarts.nothing(situation.workload().verdict())
                        ? "the template matches; restoring it restarts nothing by itself"
                        : "the template matches and its rollout ended");
    }

    private void diverged(@Nullable TrackedRemediation known, WorkloadVerdict verdict) {
        if (situation.off()) {
            if (known != null) {
                agenda.add(new Decision.Forget(key));
            }
            return;
        }
        if (restoredBefore(verdict)) {
            agenda.add(new Decision.Suspend(
                    "its template diverged again after it was restored: somebody else sets it", false));
            hold(
                    found(known, verdict),
                    known,
                    new Ruling.Hold(Reason.SUSPENDED, "the template diverged again after it was restored", null),
                    verdict);
            return;
        }
        if (known != null && (disproven(known) || waits(known, verdict))) {
            return;
        }
        TrackedRemediation life = found(known, verdict);
        Ruling ruling = Guards.rule(
                situation.about(new Subject.OfTemplate(), situation.workload().view(situation.now())));
        switch (ruling) {
            case Ruling.Admit() -> issue(life, verdict);
            case Ruling.Hold hold -> hold(life, known, hold, verdict);
        }
    }

    private boolean restoredBefore(WorkloadVerdict verdict) {
        WorkloadStanding standing = situation.workload().standing();
        return standing.hasRestoredAt()
                && !standing.hasSuspendedAt()
                && standing.getRestoredRevision() == verdict.getRevision()
                && Times.instant(standing.getRestoredAt())
                        .plus(situation.settings().restoreMemory())
                        .isAfter(situation.now());
    }

    /// What a lost command ordered is there: that was Snowmelt, as far as anybody can tell, and it
    /// is proven like any other. What another revision asks for it did not order.
    private void matches(TrackedRemediation life, WorkloadVerdict verdict) {
        if (Life.slotSpent(life) && life.getRemediation().getRevision() == verdict.getRevision()) {
            String detail = "matches, though no outcome told of it" + Life.lastAnswer(life);
            advance(Life.terminated(life, situation.now(), detail, situation.now()));
            agenda.wakeAt(situation.now());
        } else {
            end(life, Phase.RESOLVED, "the template matches again");
        }
    }

    private void notDiverged(TrackedRemediation life, WorkloadVerdict verdict) {
        switch (verdict.getTemplateState()) {
            case MATCHING -> matches(life, verdict);
            case TEMPLATE_UNKNOWN, UNRECOGNIZED -> unknown(life, verdict);
            // Diverged, but nothing is declared any more.
            case MISMATCHED, UNPINNED -> end(life, Phase.RESOLVED, "nothing is declared for it any more");
        }
    }

    /// No snapshot can prove a restore of unknown effect here, nor that it had none. But what is
    /// not there is not restored; and what is there keeps others from their turn no longer than a
    /// rollout would.
    private void unknown(TrackedRemediation life, WorkloadVerdict verdict) {
        Instant last = Times.instant(life.getEffectUnknownUntil());
        if (Life.slotSpent(life) && !verdict.hasStatus() && situation.lookedAtSince(last)) {
            end(life, Phase.RESOLVED, "its workload is gone");
        } else if (Life.slotSpent(life)
                && verdict.hasStatus()
                && situation.lookedAtSince(last.plus(situation.replaceTimeout()))) {
            String detail = "its last command has no known effect, and for %d s nothing told what the template is"
                    .formatted(situation.replaceTimeout().toSeconds());
            advance(Life.moved(life, Phase.STUCK, detail, situation.now()));
        } else {
            hold(
                    life,
                    life,
                    new Ruling.Hold(Reason.UNKNOWN, "what the template would recreate is not known", null),
                    verdict);
        }
    }

    /// What was looked at after the last of its commands could act, and still diverges: none of
    /// them had an effect.
    private boolean disproven(TrackedRemediation life) {
        boolean proof = Life.slotSpent(life)
                && Life.phase(life) != Phase.FAILED
                && situation.lookedAtSince(Times.instant(life.getEffectUnknownUntil()));
        if (proof) {
            advance(Life.withoutEffect(life));
            agenda.wakeAt(situation.now());
        }
        return proof;
    }

    private boolean waits(TrackedRemediation life, WorkloadVerdict verdict) {
        Remediation remediation = life.getRemediation();
        return switch (remediation.getPhase()) {
            case BLOCKED -> notYet(remediation);
            case FAILED -> failed(life, verdict);
            case HELD -> Life.refused(life) && answersTo(remediation, verdict) && notYet(remediation);
            case ISSUED, TERMINATED, REPLACED, RETIRED, RESOLVED, STUCK, PHASE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /// Its finding is the one that there is now.
    private boolean answersTo(Remediation remediation, WorkloadVerdict verdict) {
        return remediation
                .getVerdict()
                .equals(Commands.findingId(situation.workload().id(), verdict));
    }

    private boolean notYet(Remediation remediation) {
        return agenda.awaits(Times.instant(remediation.getHold().getUntil()), situation.now());
    }

    /// A patch can be sent twice: when its effect is not known and the template still diverges, it
    /// is sent again after its expiry.
    private boolean failed(TrackedRemediation life, WorkloadVerdict verdict) {
        if (!life.hasEffectUnknownUntil()) {
            return answersTo(life.getRemediation(), verdict);
        }
        if (!agenda.awaits(Life.expiresAt(life), situation.now())) {
            lookAgainOrGiveUp(life);
        }
        return true;
    }

    private void lookAgainOrGiveUp(TrackedRemediation life) {
        if (life.getUnanswered() >= situation.settings().attempts()) {
            advance(Life.moved(
                    life,
                    Phase.STUCK,
                    "%d commands in a row had no known effect%s".formatted(life.getUnanswered(), Life.lastAnswer(life)),
                    situation.now()));
            return;
        }
        advance(Life.held(
                life,
                Phase.HELD,
                new Ruling.Hold(Reason.UNKNOWN, "its last command has no known effect" + Life.lastAnswer(life), null),
                situation.now()));
        // The next command is decided in the next look, when this one is on record.
        agenda.wakeAt(situation.now());
    }

    private TrackedRemediation found(@Nullable TrackedRemediation known, WorkloadVerdict verdict) {
        String finding = Commands.findingId(situation.workload().id(), verdict);
        if (known != null && known.getRemediation().getVerdict().equals(finding)) {
            return known;
        }
        TrackedRemediation.Builder life = known == null ? begin(verdict) : known.toBuilder();
        life.clearDeferred();
        life.getRemediationBuilder()
                .setState(State.DRIFTED)
                .clearDrifts()
                .addAllDrifts(verdict.getDriftsList())
                .setVerdict(finding)
                .setRevision(verdict.getRevision());
        return life.build();
    }

    private TrackedRemediation.Builder begin(WorkloadVerdict verdict) {
        var life = TrackedRemediation.newBuilder();
        life.getRemediationBuilder()
                .setWorkload(situation.workload().id().toString())
                .setAction(Action.RESTORE_TEMPLATE)
                .setPhase(Phase.HELD)
                .setAttempt(situation.earlierAttempts().applyAsInt(key))
                .setDriftedAt(verdict.getTemplateSince());
        return life;
    }

    private void issue(TrackedRemediation life, WorkloadVerdict verdict) {
        Command command = Commands.restore(
                situation.workload().id(),
                verdict,
                life.getRemediation().getAttempt() + 1,
                situation.now(),
                situation.settings().commandExpiry());
        TrackedRemediation next = Life.issued(life, command, verdict.getStatus().getDesired(), situation.now());
        agenda.add(new Decision.Issue(key, next, command));
        agenda.wakeAt(Life.expiresAt(next));
    }

    private void hold(
            TrackedRemediation life, @Nullable TrackedRemediation known, Ruling.Hold hold, WorkloadVerdict verdict) {
        agenda.wakeAt(hold.until());
        boolean sameFinding = known != null && answersTo(known.getRemediation(), verdict);
        if (!sameFinding || Life.news(life, hold, situation.now())) {
            advance(Life.held(life, Phase.HELD, hold, situation.now()));
        }
    }

    private void end(TrackedRemediation life, Phase phase, String detail) {
        boolean last = Life.phase(life) == Phase.STUCK && situation.workload().stuck() == 1;
        if (last && situation.workload().standing().getSuspendedUntilProven()) {
            agenda.add(new Decision.EndSuspension());
        }
        advance(Life.ended(life, phase, detail, situation.now()));
    }

    private void advance(TrackedRemediation next) {
        agenda.add(new Decision.Advance(key, next));
    }
}
