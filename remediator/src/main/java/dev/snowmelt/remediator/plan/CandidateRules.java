package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.ApprovalGuard;
import dev.snowmelt.remediator.guard.Guards;
import dev.snowmelt.remediator.guard.Restarts;
import dev.snowmelt.remediator.guard.Ruling;
import dev.snowmelt.remediator.guard.Subject;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.remediator.guard.WorkloadView;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Command.Action;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadStanding;
import dev.snowmelt.v1.WorkloadVerdict;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who is replaced next, who is held and why, and whose drift is over.
final class CandidateRules {
    private static final String GONE = "gone without Snowmelt";

    private final Situation situation;
    private final Agenda agenda;
    private WorkloadView view;

    private CandidateRules(Situation situation, Agenda agenda) {
        this.situation = situation;
        this.agenda = agenda;
        this.view = situation.workload().view(situation.now());
    }

    static void decide(Situation situation, Agenda agenda) {
        var rules = new CandidateRules(situation, agenda);
        rules.rememberApproval();
        rules.awaitWhatBlocksAll();
        situation.workload().lives().forEach(rules::endOrKeep);
        // Whoever was put off lets others try. Those that do not serve anyway cost nobody anything. Then the oldest
        // drift.
        List<Member> candidates = situation.workload().notable().values().stream()
                .filter(Member::candidate)
                .sorted(Comparator.comparing(rules::deferred)
                        .thenComparing(Member::serves)
                        .thenComparing(member -> Times.instant(member.verdict().getSince()))
                        .thenComparing(Member::id))
                .toList();
        candidates.forEach(rules::decide);
    }

    private void awaitWhatBlocksAll() {
        WorkloadStanding standing = situation.workload().standing();
        if (standing.hasBlocked()) {
            agenda.awaits(Times.instant(standing.getBlocked().getUntil()), situation.now());
        }
    }

    private boolean deferred(Member member) {
        TrackedRemediation life = situation.workload().lives().get(member.id());
        return life != null && life.getDeferred() > 0;
    }

    private void rememberApproval() {
        WorkloadVerdict verdict = situation.workload().verdict();
        if (verdict != null
                && view.standing().getApprovalRevision() != verdict.getRevision()
                && ApprovalGuard.needed(view, situation.target(), situation.guards(), situation.now())) {
            agenda.add(new Decision.RequireApproval(verdict.getRevision()));
        }
    }

    /// A remediation whose instance is no longer drifted.
    private void endOrKeep(InstanceId instance, TrackedRemediation life) {
        Member member = situation.workload().notable().get(instance);
        if (Life.underWay(life) || (member != null && member.candidate())) {
            return;
        }
        if (Life.slotSpent(life)) {
            hold(instance, life, "no longer drifted, but an earlier command may still have taken effect");
        } else if (member == null) {
            resolve(instance, life, whyGone());
        } else {
            switch (member.verdict().getState()) {
                case CONFORMANT -> resolve(instance, life, "conformant again");
                case UNDECLARED -> resolve(instance, life, "nothing is declared for it any more");
                case UNVERIFIED, STATE_UNSPECIFIED, UNRECOGNIZED ->
                    hold(instance, life, "whether it is drifted cannot be told at the moment");
                case DRIFTED, OUTDATED -> {}
            }
        }
    }

    /// Nobody terminated it for its own sake; but a template that was restored is rolled out by its
    /// controller, and that terminates every replica of the old one.
    private String whyGone() {
        if (Restarts.nothing(situation.workload().verdict())) {
            return GONE;
        }
        TrackedRemediation template = situation.workload().templateLife();
        if (template != null && Life.slotSpent(template)) {
            return Life.phase(template) == Phase.ISSUED
                    ? "gone while its template is restored"
                    : "replaced by the rollout of its restored template";
        }
        // Its last words may come when the rollout is over: pods take their time to terminate.
        WorkloadStanding standing = situation.workload().standing();
        boolean restoredLately = standing.hasRestoredAt()
                && Times.instant(standing.getRestoredAt())
                        .plus(situation.replaceTimeout())
                        .isAfter(situation.now());
        return restoredLately ? "replaced by the rollout of its restored template" : GONE;
    }

    private void decide(Member member) {
        TrackedRemediation known = situation.workload().lives().get(member.id());
        if (known != null && Life.underWay(known)) {
            return;
        }
        if (situation.off()) {
            if (known != null && !Life.slotSpent(known)) {
                agenda.add(new Decision.Forget(key(member.id())));
            }
            return;
        }
        if (known != null && waits(known, member)) {
            return;
        }
        TrackedRemediation life = found(known, member);
        Ruling ruling = Guards.rule(situation.about(new Subject.OfInstance(member.id(), member.verdict()), view));
        switch (ruling) {
            case Ruling.Admit() -> issue(member, life);
            case Ruling.Hold hold -> {
                agenda.wakeAt(hold.until());
                boolean sameFinding = known != null
                        && known.getRemediation()
                                .getVerdict()
                                .equals(member.verdict().getId());
                if (!sameFinding || Life.news(life, hold, situation.now())) {
                    advance(member.id(), Life.held(life, Phase.HELD, hold, situation.now()));
                }
            }
        }
    }

    /// Something was answered, and nothing has happened since that could change the answer.
    private boolean waits(TrackedRemediation life, Member member) {
        Remediation remediation = life.getRemediation();
        return switch (remediation.getPhase()) {
            case BLOCKED -> notYet(remediation);
            case FAILED ->
                life.hasEffectUnknownUntil()
                        || remediation.getVerdict().equals(member.verdict().getId());
            // What was judged anew while the command was under way was not what was answered.
            case HELD ->
                Life.refused(life)
                        && remediation.getVerdict().equals(member.verdict().getId())
                        && notYet(remediation);
            case ISSUED, TERMINATED, REPLACED, RETIRED, RESOLVED, STUCK, PHASE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private boolean notYet(Remediation remediation) {
        return agenda.awaits(Times.instant(remediation.getHold().getUntil()), situation.now());
    }

    /// The remediation with what was found last.
    private TrackedRemediation found(@Nullable TrackedRemediation known, Member member) {
        Verdict verdict = member.verdict();
        if (known != null && known.getRemediation().getVerdict().equals(verdict.getId())) {
            return known;
        }
        TrackedRemediation.Builder life = known == null ? begin(member) : known.toBuilder();
        life.clearDeferred();
        life.getRemediationBuilder()
                .setState(verdict.getState())
                .clearDrifts()
                .addAllDrifts(verdict.getDriftsList())
                .setVerdict(verdict.getId())
                .setRevision(verdict.getRevision());
        return life.build();
    }

    private TrackedRemediation.Builder begin(Member member) {
        var life = TrackedRemediation.newBuilder();
        life.getRemediationBuilder()
                .setWorkload(situation.workload().id().toString())
                .setInstance(member.id().toString())
                .setAction(Action.REPLACE_INSTANCE)
                .setPhase(Phase.HELD)
                .setAttempt(situation.earlierAttempts().applyAsInt(key(member.id())))
                .setDriftedAt(member.verdict().getSince());
        return life;
    }

    private void issue(Member member, TrackedRemediation life) {
        WorkloadVerdict verdict = situation.workload().verdict();
        int desired = verdict == null ? 0 : verdict.getStatus().getDesired();
        Command command = Commands.replace(
                situation.workload().id(),
                member.id(),
                member.verdict(),
                life.getRemediation().getAttempt() + 1,
                situation.now(),
                situation.settings().commandExpiry());
        TrackedRemediation next = Life.issued(life, command, desired, situation.now());
        agenda.add(new Decision.Issue(key(member.id()), next, command));
        agenda.wakeAt(Life.expiresAt(next));
        view = view.withSlot(member.id());
    }

    private void resolve(InstanceId instance, TrackedRemediation life, String detail) {
        advance(instance, Life.ended(life, Phase.RESOLVED, detail, situation.now()));
    }

    private void hold(InstanceId instance, TrackedRemediation life, String detail) {
        var hold = new Ruling.Hold(Reason.UNKNOWN, detail, null);
        if (Life.news(life, hold, situation.now())) {
            advance(instance, Life.held(life, Phase.HELD, hold, situation.now()));
        }
    }

    private void advance(InstanceId instance, TrackedRemediation next) {
        agenda.add(new Decision.Advance(key(instance), next));
    }

    private SubjectKey key(InstanceId instance) {
        return new SubjectKey.OfInstance(situation.workload().id(), instance);
    }
}
