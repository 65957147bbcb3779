package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// S5, where an executor says "not now" or "not this one" again and again: it is asked again, ever
/// less often, though nothing is heard of it meanwhile, and what is in the way of one does not keep
/// the others waiting.
class S5WhatIsPutOffIsAskedAgainTest {
    private final Desk desk = new Desk();

    private static void refresh(Outcome.Builder outcome) {
        outcome.setDetail("an instance refresh is under way").setBlocksWorkload(true);
    }

    /// Answers every command alike for so long, and says when they came.
    private List<Long> askedIn(Duration time, Result result, Consumer<Outcome.Builder> change) {
        var asked = new ArrayList<Long>();
        var began = desk.now();
        while (desk.now().isBefore(began.plus(time))) {
            for (Command command : desk.commands()) {
                asked.add(Duration.between(began, desk.now()).toSeconds());
                desk.answer(command, result, change);
            }
            desk.pass(Duration.ofSeconds(1));
        }
        return asked;
    }

    @Test
    void whatIsInTheWayOfAllIsMetByOneAloneAndEverLessOften() {
        desk.workload(CART, 20, 5);
        desk.settle();

        assertThat(askedIn(Duration.ofMinutes(30), Result.BLOCKED, S5WhatIsPutOffIsAskedAgainTest::refresh))
                .containsExactly(0L, 30L, 90L, 210L, 450L, 930L, 1_530L);
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.BLOCKED);
        assertThat(desk.held(CART, 4)).isEqualTo(Reason.PLATFORM);
        assertThat(desk.remediation(CART, 4).getHold().getDetail()).contains("an instance refresh is under way");
        assertThat(desk.outbox.history.stream()
                        .filter(told -> told.getInstance().equals(pod(CART, 4).toString()))
                        .filter(told -> told.getHold().getReason() == Reason.PLATFORM))
                .as("told once, not with every attempt")
                .hasSize(1);
    }

    @Test
    void theNextOneThatPassesEndsItForAll() {
        desk.workload(CART, 20, 3);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.BLOCKED, S5WhatIsPutOffIsAskedAgainTest::refresh);
        desk.pass(Duration.ofSeconds(31));
        desk.replace(CART, desk.commands().getFirst(), pod(CART, 50), State.CONFORMANT);

        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.commands())
                .singleElement()
                .satisfies(next ->
                        assertThat(next.getInstance()).isEqualTo(pod(CART, 1).toString()));
    }

    @Test
    void whileOneAsksForAllTheOthersWait() {
        desk.workload(
                CART,
                20,
                State.DRIFTED,
                3,
                verdict -> verdict.setPolicy(Samples.enforce().setMaxUnavailable("5")));
        desk.settle();
        desk.replace(CART, desk.commands().getFirst(), pod(CART, 50), State.CONFORMANT);
        desk.commands()
                .forEach(command -> desk.answer(command, Result.BLOCKED, S5WhatIsPutOffIsAskedAgainTest::refresh));
        desk.pass(Duration.ofMinutes(2));

        assertThat(desk.commands()).hasSize(1);
        assertThat(desk.held(CART, 2)).isEqualTo(Reason.PLATFORM);
    }

    @Test
    void whatIsInTheWayIsRememberedOverARestart() {
        desk.workload(CART, 20, 5);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.BLOCKED, S5WhatIsPutOffIsAskedAgainTest::refresh);
        desk.restart();
        desk.pass(Duration.ofSeconds(20));

        assertThat(desk.commands()).isEmpty();
    }

    @Test
    void aPersonWhoResumesHasItAskedAtOnce() {
        desk.workload(CART, 20, 5);
        desk.settle();
        askedIn(Duration.ofMinutes(10), Result.BLOCKED, S5WhatIsPutOffIsAskedAgainTest::refresh);
        desk.override(Kind.RESUME, CART.toString());
        desk.pass(Duration.ofSeconds(1));

        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void whoeverIsBlockedByItselfLetsTheOthersGoFirst() {
        desk.workload(CART, 20, 3);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.BLOCKED);
        Command second = desk.commands().getFirst();
        assertThat(second.getInstance()).isEqualTo(pod(CART, 1).toString());
        desk.pass(Duration.ofSeconds(40));
        desk.replace(CART, second, pod(CART, 50), State.CONFORMANT);

        assertThat(desk.commands())
                .singleElement()
                .satisfies(third ->
                        assertThat(third.getInstance()).isEqualTo(pod(CART, 2).toString()));
    }

    @Test
    void whatThePlatformSaysCountsButItIsNotAskedEveryMoment() {
        desk.workload(CART, 20, 1);
        desk.settle();

        assertThat(askedIn(
                        Duration.ofMinutes(5),
                        Result.BLOCKED,
                        outcome -> outcome.setRetryAt(Times.timestamp(desk.now().plusSeconds(5)))))
                .containsExactly(0L, 5L, 65L, 185L);
    }

    @Test
    void aRefusalIsAskedForEverLessOften() {
        desk.workload(CART, 20, 1);
        desk.settle();

        assertThat(askedIn(Duration.ofMinutes(10), Result.REFUSED, outcome -> outcome.setDetail("is paused")))
                .containsExactly(0L, 30L, 90L, 210L, 450L);
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.LAST_LOOK);
        assertThat(desk.remediation(CART, 0).getHold().getDetail())
                .isEqualTo(
                        "is paused; asked again after 480 s, if it is still judged so (answered so 5 times in a row)");
    }

    @Test
    void aRefusalIsNotAskedForWithAVerdictThatSaysTheSame() {
        desk.workload(CART, 20, 1);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.REFUSED);
        desk.say(verdict(CART, pod(CART, 0), State.DRIFTED));
        desk.pass(Duration.ofSeconds(29));

        assertThat(desk.commands()).isEmpty();
    }

    @Test
    void anotherFindingIsAskedForAtOnce() {
        desk.workload(CART, 20, 1);
        desk.settle();
        askedIn(Duration.ofMinutes(5), Result.REFUSED, _ -> {});
        desk.say(verdict(CART, pod(CART, 0), State.DRIFTED).setId("another finding"));
        Command other = desk.commands().getFirst();
        assertThat(other.getVerdict()).isEqualTo("another finding");
        desk.answer(other, Result.REFUSED);

        assertThat(desk.remediation(CART, 0).getHold().getDetail()).contains("after 30 s");
    }
}
