package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Ruling;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.TrackedRemediation;
import java.time.Duration;
import java.time.Instant;

/// The steps in the life of a remediation, as functions from one state to the next.
final class Life {
    /// Figures in a hold's sentence change often; a sentence is published again at most this often while its reason
    /// stays.
    private static final Duration RESTATE = Duration.ofSeconds(30);

    private Life() {}

    static Phase phase(TrackedRemediation life) {
        return life.getRemediation().getPhase();
    }

    static boolean ended(TrackedRemediation life) {
        return switch (phase(life)) {
            case REPLACED, RETIRED, RESOLVED -> true;
            case HELD, ISSUED, TERMINATED, BLOCKED, FAILED, STUCK, PHASE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /// Its slot is spent: something was or may have been terminated for it, and what replaces it is not proven.
    static boolean slotSpent(TrackedRemediation life) {
        return switch (phase(life)) {
            case ISSUED, TERMINATED, STUCK -> true;
            case HELD, BLOCKED, FAILED -> life.hasEffectUnknownUntil();
            case REPLACED, RETIRED, RESOLVED -> false;
            // Written by a newer version: cannot be told, so it is spent.
            case PHASE_UNSPECIFIED, UNRECOGNIZED -> true;
        };
    }

    /// When the first command since the slot was spent was issued.
    static Instant slotSince(TrackedRemediation life) {
        return Times.instant(life.getSlotSince());
    }

    static Instant expiresAt(TrackedRemediation life) {
        return Times.instant(life.getRemediation().getExpiresAt());
    }

    /// The slot is spent by a command whose outcome is awaited, or by what it did.
    static boolean underWay(TrackedRemediation life) {
        return switch (phase(life)) {
            case ISSUED, TERMINATED, STUCK, PHASE_UNSPECIFIED, UNRECOGNIZED -> true;
            case HELD, BLOCKED, FAILED, REPLACED, RETIRED, RESOLVED -> false;
        };
    }

    static TrackedRemediation moved(TrackedRemediation life, Phase phase, String detail, Instant now) {
        var next = life.toBuilder();
        next.getRemediationBuilder()
                .setPhase(phase)
                .clearHold()
                .setDetail(detail)
                .setUpdatedAt(Times.timestamp(now));
        return next.build();
    }

    static TrackedRemediation terminated(TrackedRemediation life, Instant at, String detail, Instant now) {
        var next = moved(life, Phase.TERMINATED, detail, now).toBuilder();
        next.getRemediationBuilder().setTerminatedAt(Times.timestamp(at));
        return next.build();
    }

    static TrackedRemediation ended(TrackedRemediation life, Phase phase, String detail, Instant now) {
        var next = moved(life, phase, detail, now).toBuilder();
        next.clearEffectUnknownUntil().clearUnanswered();
        next.getRemediationBuilder().setEndedAt(Times.timestamp(now));
        return next.build();
    }

    /// The command expired, or was answered by "I do not know": from now on only an observation tells.
    static TrackedRemediation unanswered(TrackedRemediation life, Duration callMargin) {
        return life.toBuilder()
                .setUnanswered(life.getUnanswered() + 1)
                .setEffectUnknownUntil(Times.timestamp(expiresAt(life).plus(callMargin)))
                .build();
    }

    /// Its commands had no effect: what they were about was seen as it was when none of them could act any more.
    static TrackedRemediation withoutEffect(TrackedRemediation life) {
        return life.toBuilder().clearEffectUnknownUntil().clearUnanswered().build();
    }

    /// An executor looked, and did nothing: it is asked again when its hold is over, whoever else is silent.
    static boolean refused(TrackedRemediation life) {
        Reason reason = life.getRemediation().getHold().getReason();
        return phase(life) == Phase.HELD && (reason == Reason.LAST_LOOK || reason == Reason.DRY_RUN);
    }

    /// What the last answer said, behind another sentence.
    static String lastAnswer(TrackedRemediation life) {
        String answer = life.getRemediation().getDetail();
        return answer.isEmpty() ? "" : "; its answer was: " + answer;
    }

    /// A command goes out.
    static TrackedRemediation issued(TrackedRemediation life, Command command, int desired, Instant now) {
        boolean again = slotSpent(life);
        var next = moved(life, Phase.ISSUED, "", now).toBuilder().clearGoneBeforeCall();
        if (!again) {
            next.setSlotSince(command.getIssuedAt()).clearUnanswered();
            next.getRemediationBuilder().setDesiredAtIssue(desired);
        }
        next.getRemediationBuilder()
                .setCommand(command.getId())
                .setAttempt(command.getAttempt())
                .setIssuedAt(command.getIssuedAt())
                .setExpiresAt(command.getExpiresAt())
                .clearTerminatedAt();
        return next.build();
    }

    static TrackedRemediation held(TrackedRemediation life, Phase phase, Ruling.Hold hold, Instant now) {
        var next = moved(life, phase, "", now).toBuilder();
        next.getRemediationBuilder().setHold(message(hold));
        return next.build();
    }

    /// Whether a hold says something that the world has not been told.
    static boolean news(TrackedRemediation life, Ruling.Hold hold, Instant now) {
        Remediation known = life.getRemediation();
        if (known.getPhase() != Phase.HELD || known.getHold().getReason() != hold.reason()) {
            return true;
        }
        boolean sameSentence = known.getHold().getDetail().equals(hold.detail());
        return !sameSentence
                && !Times.instant(known.getUpdatedAt()).plus(RESTATE).isAfter(now);
    }

    private static Hold message(Ruling.Hold hold) {
        var message = Hold.newBuilder().setReason(hold.reason()).setDetail(hold.detail());
        if (hold.until() != null) {
            message.setUntil(Times.timestamp(hold.until()));
        }
        return message.build();
    }
}
