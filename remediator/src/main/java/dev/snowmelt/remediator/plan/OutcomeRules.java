package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Ruling;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.WorkloadStanding;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// What an executor's answer does to a remediation. Outcomes come late, twice or for an earlier
/// attempt: that something was terminated is a fact whenever it is said; that nothing was done says
/// something about that one command alone.
final class OutcomeRules {
    private OutcomeRules() {}

    /// @param standing of its workload
    /// @return the remediation's next state; empty when the outcome changes nothing
    static Optional<TrackedRemediation> next(
            TrackedRemediation life, WorkloadStanding standing, Outcome outcome, PlanSettings settings, Instant now) {
        if (Life.ended(life) || Life.phase(life) == Phase.TERMINATED || Life.phase(life) == Phase.STUCK) {
            return Optional.empty();
        }
        boolean awaited = Life.phase(life) == Phase.ISSUED
                && outcome.getCommand().equals(life.getRemediation().getCommand());
        return switch (outcome.getResult()) {
            case TERMINATED ->
                issuedOnce(life)
                        ? Optional.of(Life.terminated(life, at(outcome, now), outcome.getDetail(), now))
                        : Optional.empty();
            case RESTORED ->
                ofThisLife(life, outcome)
                        ? Optional.of(Life.terminated(life, at(outcome, now), outcome.getDetail(), now))
                        : Optional.empty();
            case ALREADY_GONE -> issuedOnce(life) ? Optional.of(gone(life, outcome, now)) : Optional.empty();
            case REFUSED ->
                awaited
                        ? Optional.of(told(answered(life, Reason.LAST_LOOK, outcome, settings, now), outcome, settings))
                        : Optional.empty();
            case DRY_RUN ->
                awaited ? Optional.of(answered(life, Reason.DRY_RUN, outcome, settings, now)) : Optional.empty();
            case BLOCKED ->
                awaited
                        ? Optional.of(told(blocked(life, standing, outcome, settings, now), outcome, settings))
                        : Optional.empty();
            case FAILED -> awaited ? Optional.of(failed(life, outcome, settings, now)) : Optional.empty();
            // Written by a newer executor: the command's expiry decides.
            case RESULT_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
        };
    }

    /// A template has many lives under one key: a duplicate of an earlier one's outcome must not
    /// count for this one.
    private static boolean ofThisLife(TrackedRemediation life, Outcome outcome) {
        return outcome.getCommand().equals(life.getRemediation().getCommand())
                || (life.hasEffectUnknownUntil()
                        && outcome.getCommand().startsWith(life.getRemediation().getVerdict() + "-"));
    }

    private static boolean issuedOnce(TrackedRemediation life) {
        return !life.getRemediation().getCommand().isEmpty();
    }

    private static TrackedRemediation gone(TrackedRemediation life, Outcome outcome, Instant now) {
        // After a lost command it was probably ours; then only a proven replacement will do.
        boolean byOthers = !life.hasEffectUnknownUntil() && !outcome.getEffectUnknown();
        return Life.terminated(life, at(outcome, now), outcome.getDetail(), now).toBuilder()
                .setGoneBeforeCall(byOthers)
                .build();
    }

    /// Nobody tells when what spoke against it is over (a pause, another declaration): it is asked
    /// again, ever less often.
    private static TrackedRemediation answered(
            TrackedRemediation life, Reason reason, Outcome outcome, PlanSettings settings, Instant now) {
        int times = life.getDeferred() + 1;
        Instant again = Deferral.until(life.getDeferred(), settings, now);
        String detail = "%s; asked again after %d s, if it is still judged so%s"
                .formatted(
                        outcome.getDetail(),
                        Duration.between(now, again).toSeconds(),
                        times == 1 ? "" : " (answered so %d times in a row)".formatted(times));
        return Life.held(life, Phase.HELD, new Ruling.Hold(reason, detail, again), now).toBuilder()
                .setDeferred(times)
                .build();
    }

    /// The platform knows best when to come back, but it is not asked every moment either.
    private static TrackedRemediation blocked(
            TrackedRemediation life, WorkloadStanding standing, Outcome outcome, PlanSettings settings, Instant now) {
        Reason reason = outcome.getBlockedBy() == Reason.DISRUPTION_BUDGET ? Reason.DISRUPTION_BUDGET : Reason.PLATFORM;
        boolean ofWorkload = Deferral.ofWorkload(life, outcome);
        int before = ofWorkload ? Deferral.blocks(standing, settings, now) : life.getDeferred();
        Instant retry = Deferral.until(before, settings, now);
        if (outcome.hasRetryAt()) {
            Instant told = Times.instant(outcome.getRetryAt());
            retry = before == 0 || told.isAfter(retry) ? told : retry;
        }
        TrackedRemediation next =
                Life.held(life, Phase.BLOCKED, new Ruling.Hold(reason, outcome.getDetail(), retry), now);
        return ofWorkload ? next : next.toBuilder().setDeferred(before + 1).build();
    }

    private static TrackedRemediation failed(
            TrackedRemediation life, Outcome outcome, PlanSettings settings, Instant now) {
        return told(Life.moved(life, Phase.FAILED, outcome.getDetail(), now), outcome, settings);
    }

    /// That nothing was done is known only when the executor says that it knows: an earlier one may
    /// have carried the command out without telling.
    private static TrackedRemediation told(TrackedRemediation next, Outcome outcome, PlanSettings settings) {
        return outcome.getEffectUnknown() ? Life.unanswered(next, settings.callMargin()) : next;
    }

    /// The executor's clock decides, but not against ours: what is terminated was terminated by
    /// now.
    private static Instant at(Outcome outcome, Instant now) {
        if (!outcome.hasAt()) {
            return now;
        }
        Instant at = Times.instant(outcome.getAt());
        return at.isAfter(now) ? now : at;
    }
}
