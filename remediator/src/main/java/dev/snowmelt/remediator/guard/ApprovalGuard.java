package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.WorkloadStanding;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Instant;

/// Does this revision belong to declarations that made too large a share of the target OUTDATED within minutes
/// (S7)? Then a person must approve it. The planner remembers that in the workload's standing; until it has, the
/// guard sees it from the counts.
public final class ApprovalGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        WorkloadVerdict verdict = question.workload().verdict();
        if (verdict == null || snowflake(question)) {
            return Ruling.ADMIT;
        }
        boolean remembered = question.workload().standing().getApprovalRevision() == verdict.getRevision()
                && verdict.getRevision() > 0;
        boolean approved = question.target()
                .overrides()
                .approved(
                        question.now(),
                        Times.instant(verdict.getDeclaredAt()),
                        verdict.getRevision(),
                        question.workload().id().toString(),
                        question.workload().id().target().toString());
        return (remembered || needed(question.workload(), question.target(), question.settings(), question.now()))
                        && !approved
                ? Ruling.hold(
                        Reason.APPROVAL,
                        "declarations made or first heard of in the last %d min made %d of %d instances outdated; a person must approve revision %d"
                                .formatted(
                                        question.settings().declarationsWindow().toMinutes(),
                                        question.target().newlyOutdated(),
                                        question.target().instances(),
                                        verdict.getRevision()))
                : Ruling.ADMIT;
    }

    /// Whether the workload's newest revision is part of too large a change, as the counts stand now.
    public static boolean needed(WorkloadView workload, TargetView target, GuardSettings settings, Instant now) {
        WorkloadVerdict verdict = workload.verdict();
        return verdict != null
                && workload.outdated() > 0
                && recent(verdict, workload.standing(), settings, now)
                && settings.tooMany(target.newlyOutdated(), target.instances());
    }

    /// Whether the newest revision was declared, or first heard of here, within the window that is one change.
    ///
    /// The time of the declaration alone is no measure: it is the client's, whose clock may be behind, and
    /// planner or detector may have been down since. A planner without any memory therefore takes all that it
    /// hears for new. That holds OUTDATED instances alone, and only where they are too large a share; an
    /// approval lifts it.
    public static boolean recent(
            WorkloadVerdict verdict, WorkloadStanding standing, GuardSettings settings, Instant now) {
        Instant past = now.minus(settings.declarationsWindow());
        boolean heard = standing.hasHeardAt()
                && standing.getHeardRevision() == verdict.getRevision()
                && Times.instant(standing.getHeardAt()).isAfter(past);
        return heard
                || (verdict.hasDeclaredAt()
                        && Times.instant(verdict.getDeclaredAt()).isAfter(past));
    }

    private static boolean snowflake(Case question) {
        return question.subject() instanceof Subject.OfInstance(var _, var verdict)
                && verdict.getState() != State.OUTDATED;
    }
}
