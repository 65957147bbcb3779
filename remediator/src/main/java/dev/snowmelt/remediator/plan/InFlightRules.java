package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Ruling;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What becomes of instances whose slot is spent: proven replaced or retired, drifted again,
/// expired, overdue. Nothing here frees a slot because time passed.
final class InFlightRules {
    private final Situation situation;
    private final Agenda agenda;
    private final Set<InstanceId> claimed = new HashSet<>();
    private long stuck;

    private InFlightRules(Situation situation, Agenda agenda) {
        this.situation = situation;
        this.agenda = agenda;
        this.stuck = situation.workload().stuck();
    }

    static void decide(Situation situation, Agenda agenda) {
        var rules = new InFlightRules(situation, agenda);
        List<Map.Entry<InstanceId, TrackedRemediation>> oldestFirst =
                new ArrayList<>(situation.workload().spent().entrySet());
        oldestFirst.sort(Comparator.<Map.Entry<InstanceId, TrackedRemediation>, Instant>comparing(
                        entry -> Life.slotSince(entry.getValue()))
                .thenComparing(Map.Entry::getKey));
        oldestFirst.forEach(entry -> rules.decide(entry.getKey(), entry.getValue()));
    }

    private void decide(InstanceId instance, TrackedRemediation life) {
        Member member = situation.workload().notable().get(instance);
        if (member == null && replaced(instance, life)) {
            return;
        }
        // Before anything else can be its end: where capacity is in units, what came for it changes how many are
        // wanted.
        if (Life.phase(life) != Phase.STUCK && cameBackDrifted(instance, life)) {
            return;
        }
        if (member == null && over(instance, life)) {
            return;
        }
        switch (Life.phase(life)) {
            case ISSUED -> awaitOutcome(instance, life, member);
            case TERMINATED -> awaitReplacement(instance, life, member);
            case HELD, BLOCKED, FAILED -> awaitTruth(instance, life, member);
            case STUCK, REPLACED, RETIRED, RESOLVED, PHASE_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }

    private boolean replaced(InstanceId instance, TrackedRemediation life) {
        WorkloadVerdict verdict = situation.workload().verdict();
        if (situation.workload().id().standalone() || verdict == null || !whole(verdict)) {
            return false;
        }
        long revision = life.getRemediation().getRevision();
        Optional<Member> replacement = claim(life, member -> proves(member, revision));
        replacement.ifPresent(member -> {
            agenda.add(new Decision.Attribute(member.id(), instance));
            var next = Life.ended(life, Phase.REPLACED, late(life), situation.now()).toBuilder();
            next.getRemediationBuilder().setReplacement(member.id().toString());
            advance(instance, next.build());
        });
        return replacement.isPresent();
    }

    /// It runs what was asked for, and has been ready for as long as it takes until its controller
    /// would have noticed that it is not.
    private boolean proves(Member member, long revision) {
        Duration minReady = situation.minReady();
        return member.serves()
                && member.runs(revision)
                && (minReady.isZero() || !agenda.awaits(member.readySince().plus(minReady), situation.now()));
    }

    private String late(TrackedRemediation life) {
        return Life.phase(life) == Phase.STUCK
                ? "proven after all; before that: " + life.getRemediation().getDetail() + unsuspended(life)
                : "";
    }

    /// However what was STUCK ends: that is the end of a suspension that was for nothing else.
    private String unsuspended(TrackedRemediation life) {
        if (Life.phase(life) != Phase.STUCK) {
            return "";
        }
        stuck--;
        if (stuck > 0 || !situation.workload().standing().getSuspendedUntilProven()) {
            return "";
        }
        agenda.add(new Decision.EndSuspension());
        return "; its workload is no longer suspended for it";
    }

    private boolean over(InstanceId instance, TrackedRemediation life) {
        Optional<TrackedRemediation> end = end(instance, life);
        end.ifPresent(next -> advance(instance, next));
        return end.isPresent();
    }

    private Optional<TrackedRemediation> end(InstanceId instance, TrackedRemediation life) {
        WorkloadState workload = situation.workload();
        WorkloadVerdict verdict = workload.verdict();
        if (workload.id().standalone()) {
            return ended(life, Phase.RETIRED, "gone; nothing recreates it, as declared");
        }
        if (verdict == null) {
            return workload.known() > 0 ? Optional.empty() : ended(life, Phase.RETIRED, "its workload is gone");
        }
        if (!whole(verdict)) {
            return Optional.empty();
        }
        Remediation remediation = life.getRemediation();
        int desired = verdict.getStatus().getDesired();
        if (desired < remediation.getDesiredAtIssue() && nothingCame(instance, life)) {
            return ended(
                    life,
                    Phase.RETIRED,
                    "scaled away: %d replicas are wanted instead of %d"
                            .formatted(desired, remediation.getDesiredAtIssue()));
        }
        if (life.getGoneBeforeCall()) {
            return ended(life, Phase.RESOLVED, "it was gone before the call, and its workload is complete");
        }
        if (verdict.getRevision() == 0 && remediation.getRevision() > 0) {
            return ended(life, Phase.RESOLVED, "its declaration was removed: nothing to prove a replacement by");
        }
        return Optional.empty();
    }

    /// Neither one that stands for it, nor one that may yet turn out to.
    private boolean nothingCame(InstanceId instance, TrackedRemediation life) {
        return unclaimed(life).isEmpty()
                && situation.workload().notable().values().stream()
                        .noneMatch(member -> member.replaces().equals(instance.toString()));
    }

    /// How it will have ended when it is gone, as all stands now; empty: nothing tells.
    private Optional<String> onceGone(InstanceId instance, TrackedRemediation life) {
        WorkloadVerdict verdict = situation.workload().verdict();
        long revision = life.getRemediation().getRevision();
        if (verdict != null
                && whole(verdict)
                && claim(life, other -> proves(other, revision)).isPresent()) {
            return Optional.of("its replacement is there");
        }
        return end(instance, life).map(end -> end.getRemediation().getDetail());
    }

    /// Ready at least as often as wanted now, by the controller's word and by the census.
    private boolean whole(WorkloadVerdict verdict) {
        WorkloadStatus status = verdict.getStatus();
        return verdict.hasStatus()
                && status.getReady() >= status.getDesired()
                && situation.workload().ready() >= status.getDesired();
    }

    /// The oldest instance that came after the slot was spent, is what is asked for, and stands for
    /// no other one.
    private Optional<Member> claim(TrackedRemediation life, Predicate<Member> wanted) {
        Optional<Member> found = unclaimed(life).stream()
                .filter(wanted)
                .min(Comparator.comparing(Member::firstSeen).thenComparing(Member::id));
        found.ifPresent(member -> claimed.add(member.id()));
        return found;
    }

    private List<Member> unclaimed(TrackedRemediation life) {
        return situation.workload().notable().values().stream()
                .filter(member -> !member.attributed() && !claimed.contains(member.id()))
                .filter(member -> member.cameAfter(
                        Life.slotSince(life), situation.guards().clockTolerance()))
                .toList();
    }

    private boolean cameBackDrifted(InstanceId instance, TrackedRemediation life) {
        Optional<Member> drifted = claim(life, Member::drifted);
        drifted.ifPresent(member -> {
            String detail = member.id() + " came after it and is drifted too";
            agenda.add(new Decision.Attribute(member.id(), instance));
            advance(instance, Life.moved(life, Phase.STUCK, detail, situation.now()));
            agenda.add(new Decision.Suspend("a replacement came back drifted: " + member.id(), false));
        });
        return drifted.isPresent();
    }

    private void awaitOutcome(InstanceId instance, TrackedRemediation life, @Nullable Member member) {
        Instant expires = Life.expiresAt(life);
        if (expires.isAfter(situation.now())) {
            agenda.wakeAt(expires);
        } else if (member == null) {
            goneUnanswered(instance, life);
        } else {
            lookAgainOrGiveUp(
                    instance, Life.unanswered(life, situation.settings().callMargin()));
        }
    }

    private void awaitReplacement(InstanceId instance, TrackedRemediation life, @Nullable Member member) {
        Instant overdue = Times.instant(life.getRemediation().getTerminatedAt()).plus(situation.proofTimeout());
        if (agenda.awaits(overdue, situation.now())) {
            return;
        }
        if (!situation.lookedAtSince(overdue)) {
            overdue(instance, life);
            return;
        }
        if (member != null && member.verdict().getTerminating()) {
            Optional<String> end = onceGone(instance, life);
            if (end.isPresent()) {
                // It only takes long to go: a lifecycle hook drains it, or a finalizer keeps it. A person should know,
                // but nothing else is wrong. When it is gone that is its end.
                String leaving = "is still on its way out after %d s: %s"
                        .formatted(situation.proofTimeout().toSeconds(), end.get());
                advance(instance, Life.moved(life, Phase.STUCK, leaving, situation.now()));
                return;
            }
        }
        String detail = "no replacement was proven within %d s"
                .formatted(situation.proofTimeout().toSeconds());
        advance(instance, Life.moved(life, Phase.STUCK, detail, situation.now()));
        agenda.add(new Decision.Suspend(
                "the replacement of " + instance
                        + " was not proven in time; that ends when it is, or when a person resumes",
                true));
    }

    /// Nothing is concluded from not having looked: events get lost, and then only a snapshot shows
    /// what came.
    private void overdue(InstanceId instance, TrackedRemediation life) {
        String detail = "no replacement was heard of within %d s; the target's next complete snapshot decides"
                .formatted(situation.proofTimeout().toSeconds());
        if (!life.getRemediation().getDetail().equals(detail)) {
            advance(instance, Life.moved(life, Phase.TERMINATED, detail, situation.now()));
        }
    }

    /// An earlier command may have taken effect. Seeing the instance alive after that command can
    /// no longer act proves that it did not.
    private void awaitTruth(InstanceId instance, TrackedRemediation life, @Nullable Member member) {
        if (member == null) {
            goneUnanswered(instance, life);
            return;
        }
        if (Life.phase(life) == Phase.FAILED) {
            if (!agenda.awaits(Life.expiresAt(life), situation.now())) {
                lookAgainOrGiveUp(instance, life);
            }
        } else if (aliveSince(member, Times.instant(life.getEffectUnknownUntil()))) {
            advance(instance, Life.withoutEffect(life));
        }
    }

    /// The detector is silent about what stays conformant. But a complete snapshot that was begun
    /// later would have shown it gone, or on its way out.
    private boolean aliveSince(Member member, Instant time) {
        boolean seen = member.received().isAfter(time)
                && Times.instant(member.verdict().getObservedAt()).isAfter(time);
        return !member.verdict().getTerminating() && (seen || situation.lookedAtSince(time));
    }

    private void goneUnanswered(InstanceId instance, TrackedRemediation life) {
        advance(
                instance,
                Life.terminated(life, situation.now(), "gone, though no outcome of its command came", situation.now()));
        agenda.wakeAt(situation.now().plus(situation.proofTimeout()));
    }

    private void lookAgainOrGiveUp(InstanceId instance, TrackedRemediation life) {
        if (life.getUnanswered() >= situation.settings().attempts()) {
            String detail =
                    "%d commands in a row had no known effect%s".formatted(life.getUnanswered(), Life.lastAnswer(life));
            advance(instance, Life.moved(life, Phase.STUCK, detail, situation.now()));
            return;
        }
        String detail = "its last command has no known effect: it may have been terminated" + Life.lastAnswer(life);
        var hold = new Ruling.Hold(Reason.UNKNOWN, detail, null);
        advance(instance, Life.held(life, Phase.HELD, hold, situation.now()));
    }

    private void advance(InstanceId instance, TrackedRemediation next) {
        stuck += Life.phase(next) == Phase.STUCK ? 1 : 0;
        agenda.add(new Decision.Advance(
                new SubjectKey.OfInstance(situation.workload().id(), instance), next));
    }

    private Optional<TrackedRemediation> ended(TrackedRemediation life, Phase phase, String detail) {
        return Optional.of(Life.ended(life, phase, detail + unsuspended(life), situation.now()));
    }
}
