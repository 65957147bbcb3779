package dev.snowmelt.remediator.execute;

import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Outcome.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Carries out one order: newest declaration, live look, judgement, overrides, deadline, call.
/// Between the look and the call stand the judgement and a look at what people say now; when
/// anything that may change was asked for more than two seconds ago, the instance is looked at
/// again. Between the deadline and the call stands nothing at all. What remains is the pause of a
/// thread (a stopped process, garbage collection), against which only the call's own precondition
/// helps, where a platform has one.
final class Procedure {
    /// How often something that changed between look and call is looked at again.
    private static final int LOOKS = 3;
    /// How old what a look saw may be when the call is made. Some looks are several requests, which
    /// take some hundred milliseconds together.
    private static final Duration LOOK_HOLDS = Duration.ofSeconds(2);

    private final Platform platform;
    private final JudgeRules rules;
    private final Declarations declarations;
    private final Overrides overrides;
    private final InstantSource clock;

    Procedure(
            Platform platform, JudgeRules rules, Declarations declarations, Overrides overrides, InstantSource clock) {
        this.platform = platform;
        this.rules = rules;
        this.declarations = declarations;
        this.overrides = overrides;
        this.clock = clock;
    }

    Answer carryOut(Order order) {
        Answer answer = Answer.refused("");
        for (int look = 1; look <= LOOKS; look++) {
            // Asked first as well, so that old commands cost nothing after an outage.
            Optional<String> expired = LastLook.expired(order, clock.instant());
            if (expired.isPresent()) {
                return Answer.refused(expired.get());
            }
            Attempt attempt = switch (declarations.newest(order.workload())) {
                case Declarations.Newest.Unknown(var why) ->
                    Attempt.over(Answer.blocked(Hold.Reason.PLATFORM, why, null));
                case Declarations.Newest.Known known ->
                    switch (order) {
                        case Order.Replace replace -> replace(replace, known);
                        case Order.Restore restore -> restore(restore, known);
                    };
            };
            answer = attempt.answer();
            if (!attempt.lookAgain()) {
                break;
            }
        }
        return answer;
    }

    private Attempt replace(Order.Replace order, Declarations.Newest.Known newest) {
        Sighting<LiveInstance> sighting = platform.instances().look(order.instance());
        Instant looked = clock.instant();
        return switch (sighting) {
            case Sighting.Gone(var detail) -> Attempt.over(Answer.gone(detail));
            case Sighting.Unseen(var why) -> Attempt.over(Answer.to(why, Result.TERMINATED));
            case Sighting.Seen(var live) ->
                LastLook.refusal(order, newest.declaration(), rules, live)
                        .map(Answer::refused)
                        .or(() -> notNow(live.notNow(), Result.TERMINATED))
                        .or(() -> LastLook.wrongNext(newest.declaration(), rules, live)
                                .map(why -> Answer.to(why, Result.TERMINATED)))
                        .or(() -> objection(order).map(no -> Answer.to(no, Result.TERMINATED)))
                        .map(Attempt::over)
                        .or(() -> tooLongAgo(looked.minus(live.age())))
                        .orElseGet(() ->
                                Attempt.of(platform.terminator().terminate(order.instance(), live), Result.TERMINATED));
        };
    }

    private Attempt restore(Order.Restore order, Declarations.Newest.Known newest) {
        Sighting<LiveTemplate> sighting = platform.templates().look(order.workload());
        Instant looked = clock.instant();
        return switch (sighting) {
            case Sighting.Gone(var detail) -> Attempt.over(Answer.gone(detail));
            case Sighting.Unseen(var why) -> Attempt.over(Answer.to(why, Result.RESTORED));
            case Sighting.Seen(var live) ->
                switch (RestoreLook.plan(order, newest.declaration(), rules, live)) {
                    case RestoreLook.Plan.Refuse(var why) -> Attempt.over(Answer.refused(why));
                    case RestoreLook.Plan.Change(var images) ->
                        notNow(live.notNow(), Result.RESTORED)
                                .or(() -> objection(order).map(no -> Answer.to(no, Result.RESTORED)))
                                .map(Attempt::over)
                                .or(() -> tooLongAgo(looked))
                                .orElseGet(() -> Attempt.of(
                                        platform.restorer().restore(order, live, images, () -> objection(order)),
                                        Result.RESTORED));
                };
        };
    }

    private static Optional<Answer> notNow(Reply.@Nullable NotNow why, Result accepted) {
        return Optional.ofNullable(why).map(reply -> Answer.to(reply, accepted));
    }

    // Reading overrides waits for Kafka, and not every platform's call is refused when the object changed meanwhile.
    private Optional<Attempt> tooLongAgo(Instant looked) {
        Duration age = Duration.between(looked, clock.instant());
        return age.compareTo(LOOK_HOLDS) <= 0
                ? Optional.empty()
                : Optional.of(new Attempt(
                        Answer.blocked(
                                Hold.Reason.PLATFORM,
                                "%d ms passed between the look and the call: too long".formatted(age.toMillis()),
                                null),
                        true));
    }

    /// Why the call must not be made now, however right it is and however far a restore is. The look
    /// took time, so the newest declaration is asked for once more. The deadline comes last, because
    /// reading all that takes time too.
    private Optional<Reply> objection(Order order) {
        if (Thread.currentThread().isInterrupted()) {
            return Optional.of(notNow("the executor is stopping"));
        }
        Optional<Reply> stale = switch (declarations.newest(order.workload())) {
            case Declarations.Newest.Unknown(var why) -> Optional.of(notNow(why));
            case Declarations.Newest.Known(var newest) ->
                LastLook.stale(order, newest).map(Reply.Refused::new);
        };
        if (stale.isPresent()) {
            return stale;
        }
        return switch (overrides.against(order, clock.instant())) {
            case Overrides.Objection.Said(var why) -> Optional.of(new Reply.Refused(why));
            case Overrides.Objection.Unknown(var why) -> Optional.of(notNow(why));
            case Overrides.Objection.None() ->
                LastLook.expired(order, clock.instant()).map(Reply.Refused::new);
        };
    }

    private static Reply notNow(String why) {
        return new Reply.NotNow(Hold.Reason.PLATFORM, why, null);
    }

    private record Attempt(Answer answer, boolean lookAgain) {
        static Attempt over(Answer answer) {
            return new Attempt(answer, false);
        }

        static Attempt of(Reply reply, Result accepted) {
            return new Attempt(Answer.to(reply, accepted), reply instanceof Reply.Conflict);
        }
    }
}
