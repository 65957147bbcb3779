package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static dev.snowmelt.remediator.plan.Samples.deployment;
import static dev.snowmelt.remediator.plan.Samples.enforce;
import static dev.snowmelt.remediator.plan.Samples.key;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static dev.snowmelt.remediator.plan.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// S5: every drift in ENFORCE ends REPLACED or RETIRED, or is visibly HELD, BLOCKED, FAILED or
/// STUCK with a reason.
class S5EveryDriftEndsOrIsVisiblyHeldTest {
    private final Desk desk = new Desk();

    private Command issuedOnce() {
        desk.workload(CART, 3, 1);
        desk.settle();
        var commands = desk.commands();
        assertThat(commands).hasSize(1);
        return commands.getFirst();
    }

    private Phase phase() {
        return desk.remediation(CART, 0).getPhase();
    }

    @Test
    void replaced() {
        Command command = issuedOnce();
        desk.replace(CART, command, pod(CART, 9), State.CONFORMANT);

        assertThat(phase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.remediation(CART, 0).getReplacement())
                .isEqualTo(pod(CART, 9).toString());
        assertThat(desk.outbox.evidence.getLast().getRemediation().getPhase()).isEqualTo(Phase.REPLACED);
    }

    @Test
    void anInstanceThatWasThereBeforeProvesNothing() {
        Command command = issuedOnce();
        desk.pass(Duration.ofSeconds(1));
        desk.answer(command, Result.TERMINATED);
        desk.gone(CART, pod(CART, 0));
        desk.say(verdict(CART, pod(CART, 9), State.CONFORMANT));
        assertThat(phase()).isEqualTo(Phase.TERMINATED);

        desk.arrives(CART, pod(CART, 10), State.CONFORMANT);
        assertThat(phase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.remediation(CART, 0).getReplacement())
                .isEqualTo(pod(CART, 10).toString());
    }

    @Test
    void oneReplacementProvesOneReplacementAlone() {
        desk.workload(
                CART,
                10,
                State.DRIFTED,
                2,
                verdict -> verdict.setPolicy(enforce().setMaxUnavailable("5")));
        desk.settle();
        desk.replace(CART, desk.commands().getFirst(), pod(CART, 90), State.CONFORMANT);
        desk.workload(
                CART,
                10,
                State.DRIFTED,
                4,
                verdict -> verdict.setPolicy(enforce().setMaxUnavailable("5")));
        desk.pass(Duration.ofSeconds(3));
        // The first proved the revision, so that now several go at once. Pod 0 came back under its old name: it counts
        // too.
        var commands = desk.commands();
        assertThat(commands).hasSizeGreaterThan(1);
        desk.pass(Duration.ofSeconds(1));
        for (Command command : commands) {
            desk.answer(command, Result.TERMINATED);
            desk.gone(CART, dev.snowmelt.schemas.id.InstanceId.parse(command.getInstance()));
        }
        desk.pass(Duration.ofSeconds(1));
        desk.arrives(CART, pod(CART, 91), State.CONFORMANT);
        desk.say(workload(CART, 5, 10).setPolicy(enforce().setMaxUnavailable("5")));

        long proven = desk.outbox.remediations.values().stream()
                .filter(remediation -> remediation.getPhase() == Phase.REPLACED)
                .filter(remediation ->
                        remediation.getReplacement().equals(pod(CART, 91).toString()))
                .count();
        assertThat(proven).isEqualTo(1);
    }

    @Test
    void retiredWhenFewerAreWantedMeanwhile() {
        Command command = issuedOnce();
        desk.pass(Duration.ofSeconds(1));
        desk.answer(command, Result.TERMINATED);
        desk.gone(CART, pod(CART, 0));
        assertThat(phase()).isEqualTo(Phase.TERMINATED);
        desk.say(workload(CART, 2, 2));

        assertThat(phase()).isEqualTo(Phase.RETIRED);
    }

    @Test
    void retiredWhenTheWorkloadIsGone() {
        Command command = issuedOnce();
        desk.answer(command, Result.TERMINATED);
        desk.gone(CART);
        for (int i = 0; i < 3; i++) {
            desk.gone(CART, pod(CART, i));
        }

        assertThat(phase()).isEqualTo(Phase.RETIRED);
    }

    @Test
    void blockedUntilItMayBeTriedAgain() {
        Command command = issuedOnce();
        desk.answer(
                command,
                Result.BLOCKED,
                outcome -> outcome.setBlockedBy(Reason.DISRUPTION_BUDGET)
                        .setRetryAt(Times.timestamp(desk.now().plusSeconds(20))));

        assertThat(phase()).isEqualTo(Phase.BLOCKED);
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.DISRUPTION_BUDGET);
        desk.pass(Duration.ofSeconds(19));
        assertThat(desk.commands()).isEmpty();
        desk.pass(Duration.ofSeconds(2));
        assertThat(desk.commands()).singleElement().satisfies(again -> {
            assertThat(again.getInstance()).isEqualTo(command.getInstance());
            assertThat(again.getAttempt()).isEqualTo(2);
            assertThat(again.getId()).isNotEqualTo(command.getId());
        });
    }

    @Test
    void aRefusalByTheLastLookIsAskedAgainThoughNothingIsHeardOfIt() {
        Command command = issuedOnce();
        desk.answer(command, Result.REFUSED);
        desk.pass(Duration.ofSeconds(29));
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.LAST_LOOK);
        assertThat(desk.commands()).isEmpty();
        desk.pass(Duration.ofSeconds(1));

        assertThat(desk.commands())
                .singleElement()
                .satisfies(again -> assertThat(again.getAttempt()).isEqualTo(2));
    }

    @Test
    void aRefusalDoesNotAnswerWhatWasJudgedMeanwhile() {
        Command command = issuedOnce();
        desk.say(verdict(CART, pod(CART, 0), State.DRIFTED).setId("judged while the command was under way"));
        desk.answer(command, Result.REFUSED);

        assertThat(desk.commands())
                .singleElement()
                .satisfies(next -> assertThat(next.getVerdict()).isEqualTo("judged while the command was under way"));
    }

    @Test
    void aDryRunIsHeldAndFreesItsSlot() {
        desk.workload(CART, 4, 2);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.DRY_RUN);

        assertThat(desk.held(CART, 0)).isEqualTo(Reason.DRY_RUN);
        assertThat(desk.commands())
                .singleElement()
                .satisfies(command ->
                        assertThat(command.getInstance()).isEqualTo(pod(CART, 1).toString()));
    }

    @Test
    void aFailureIsAPersonsToLookAt() {
        Command command = issuedOnce();
        desk.answer(command, Result.FAILED, outcome -> outcome.setDetail("403"));
        desk.say(verdict(CART, pod(CART, 0), State.DRIFTED));
        desk.pass(Duration.ofMinutes(4));
        assertThat(phase()).isEqualTo(Phase.FAILED);
        assertThat(desk.remediation(CART, 0).getDetail()).isEqualTo("403");
        assertThat(desk.commands()).isEmpty();

        desk.override(Kind.RESUME, CART.toString());
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void anExpiredCommandIsIssuedAgainForTheSameInstanceAndThenStuck() {
        desk.workload(CART, 4, 2);
        desk.settle();
        Command first = desk.commands().getFirst();
        desk.pass(Duration.ofSeconds(121));
        Command second = desk.commands().getFirst();
        desk.pass(Duration.ofSeconds(121));
        Command third = desk.commands().getFirst();
        desk.pass(Duration.ofMinutes(10));

        assertThat(second.getInstance()).isEqualTo(first.getInstance());
        assertThat(third.getInstance()).isEqualTo(first.getInstance());
        assertThat(third.getAttempt()).isEqualTo(3);
        assertThat(desk.commands()).as("the slot stays spent").isEmpty();
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.remediation(CART, 1).getPhase()).isEqualTo(Phase.HELD);

        desk.override(Kind.RESUME, TARGET.toString());
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.commands())
                .singleElement()
                .satisfies(command -> assertThat(command.getAttempt()).isEqualTo(4));
    }

    @Test
    void aLateOutcomeOfAnEarlierAttemptCounts() {
        Command first = issuedOnce();
        desk.pass(Duration.ofSeconds(121));
        assertThat(desk.commands()).hasSize(1);
        desk.answer(first, Result.TERMINATED);

        assertThat(phase()).isEqualTo(Phase.TERMINATED);
    }

    @Test
    void aLateRefusalOfAnEarlierAttemptDoesNot() {
        Command first = issuedOnce();
        desk.pass(Duration.ofSeconds(121));
        desk.answer(first, Result.REFUSED);

        assertThat(phase()).isEqualTo(Phase.ISSUED);
    }

    /// Also of what was refused or blocked: an earlier executor may have carried the command out.
    @ParameterizedTest
    @EnumSource(
            value = Result.class,
            names = {"FAILED", "BLOCKED", "REFUSED"})
    void anUnknownEffectKeepsTheSlotUntilTheInstanceIsSeenAlive(Result result) {
        desk.workload(CART, 4, 2);
        desk.settle();
        Command command = desk.commands().getFirst();
        desk.answer(command, result, outcome -> outcome.setEffectUnknown(true));
        desk.override(Kind.PAUSE, CART.toString());
        desk.pass(Duration.ofMinutes(4));
        assertThat(desk.memory.allRemediations().get(key(CART, pod(CART, 0))))
                .satisfies(life -> assertThat(Life.slotSpent(life)).isTrue());

        desk.say(verdict(CART, pod(CART, 0), State.DRIFTED).setObservedAt(Times.timestamp(desk.now())));
        assertThat(desk.memory.allRemediations().get(key(CART, pod(CART, 0))))
                .satisfies(life -> assertThat(Life.slotSpent(life)).isFalse());
    }

    /// Outdated, commanded, and the answer of no use; then a person declares what it runs, and the
    /// detector has nothing more to say of it.
    private Command ofUnknownEffectAndDeclaredBack(Result result) {
        desk.workload(deployment("rest"), 40, 0);
        desk.workload(CART, 3, State.OUTDATED, 2, verdict -> verdict.setRevision(2));
        desk.settle();
        Command command = desk.commands().getFirst();
        desk.pass(Duration.ofSeconds(1));
        if (result != Result.RESULT_UNSPECIFIED) {
            desk.answer(command, result, outcome -> outcome.setEffectUnknown(true));
        }
        desk.pass(Duration.ofSeconds(20));
        desk.say(workload(CART, 3, 3).setRevision(3));
        desk.say(verdict(CART, pod(CART, 0), State.CONFORMANT).setRevision(3));
        desk.say(verdict(CART, pod(CART, 2), State.OUTDATED).setRevision(3));
        desk.pass(Duration.ofMinutes(5));
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.UNKNOWN);
        assertThat(desk.held(CART, 2)).isEqualTo(Reason.CANARY);
        assertThat(desk.commands()).isEmpty();
        return command;
    }

    @ParameterizedTest
    @EnumSource(
            value = Result.class,
            names = {"FAILED", "BLOCKED", "REFUSED", "RESULT_UNSPECIFIED"})
    void whatIsConformantAndSilentIsProvenAliveByTheNextCompleteSnapshot(Result result) {
        Command command = ofUnknownEffectAndDeclaredBack(result);
        // The command could act until it expired, and half a minute longer.
        Instant last = Times.instant(command.getExpiresAt()).plusSeconds(30);
        desk.whole(TARGET, last);
        desk.pass(Duration.ofSeconds(1));
        assertThat(phase()).as("begun too early").isEqualTo(Phase.HELD);

        desk.whole(TARGET, last.plusMillis(1));
        desk.pass(Duration.ofSeconds(1));
        assertThat(phase()).isEqualTo(Phase.RESOLVED);
        assertThat(desk.remediation(CART, 0).getDetail()).isEqualTo("conformant again");
        assertThat(desk.commands())
                .singleElement()
                .satisfies(next ->
                        assertThat(next.getInstance()).isEqualTo(pod(CART, 2).toString()));
    }

    @Test
    void butNotWhatIsOnItsWayOut() {
        ofUnknownEffectAndDeclaredBack(Result.FAILED);
        desk.say(verdict(CART, pod(CART, 0), State.CONFORMANT).setRevision(3).setTerminating(true));
        desk.settle();

        assertThat(phase()).isEqualTo(Phase.HELD);
        assertThat(desk.commands()).isEmpty();
    }

    @Test
    void whatNobodyKnowsOfIsSaidWithWhatWasAnswered() {
        Command command = issuedOnce();
        desk.override(Kind.PAUSE, CART.toString());
        desk.answer(
                command,
                Result.FAILED,
                outcome -> outcome.setEffectUnknown(true).setDetail("no answer in 15 s"));
        desk.pass(Duration.ofMinutes(3));

        assertThat(desk.outbox.history)
                .anySatisfy(told -> assertThat(told.getHold().getDetail())
                        .isEqualTo("its last command has no known effect: it may have been terminated; its answer was:"
                                + " no answer in 15 s"));
    }

    @Test
    void goneBeforeTheCallIsNobodysReplacement() {
        Command command = issuedOnce();
        desk.pass(Duration.ofSeconds(1));
        desk.answer(command, Result.ALREADY_GONE);
        assertThat(phase()).isEqualTo(Phase.TERMINATED);
        desk.say(verdict(CART, pod(CART, 9), State.CONFORMANT));
        desk.gone(CART, pod(CART, 0));

        assertThat(phase()).isEqualTo(Phase.RESOLVED);
    }

    @Test
    void unlessItMayHaveGoneByAnEarlierExecutorsCall() {
        Command command = issuedOnce();
        desk.pass(Duration.ofSeconds(1));
        desk.answer(command, Result.ALREADY_GONE, outcome -> outcome.setEffectUnknown(true));
        desk.say(verdict(CART, pod(CART, 9), State.CONFORMANT));
        desk.gone(CART, pod(CART, 0));
        assertThat(phase()).isEqualTo(Phase.TERMINATED);

        desk.arrives(CART, pod(CART, 10), State.CONFORMANT);
        assertThat(phase()).isEqualTo(Phase.REPLACED);
    }

    @Test
    void aDriftThatEndsByItselfIsResolved() {
        desk.workload(
                CART,
                3,
                State.DRIFTED,
                1,
                verdict -> verdict.setPolicy(enforce().setMode(Mode.OBSERVE)));
        desk.settle();
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.MODE);
        desk.say(verdict(CART, pod(CART, 0), State.CONFORMANT));

        assertThat(phase()).isEqualTo(Phase.RESOLVED);
    }

    @Test
    void modeOffRecordsNothing() {
        desk.workload(
                CART,
                3,
                State.DRIFTED,
                1,
                verdict -> verdict.setPolicy(enforce().setMode(Mode.OFF)));
        desk.settle();

        assertThat(desk.outbox.remediations).isEmpty();
    }

    @Test
    void aSecondLifeDoesNotRepeatCommandIds() {
        Command command = issuedOnce();
        desk.answer(command, Result.REFUSED);
        desk.say(verdict(CART, pod(CART, 0), State.CONFORMANT));
        assertThat(phase()).isEqualTo(Phase.RESOLVED);
        desk.pass(Duration.ofSeconds(1));
        desk.say(verdict(CART, pod(CART, 0), State.DRIFTED));

        assertThat(desk.commands())
                .singleElement()
                .satisfies(again -> assertThat(again.getId()).isNotEqualTo(command.getId()));
    }

    @Test
    void anEndIsForgottenAfterThirtyDays() {
        Command command = issuedOnce();
        desk.replace(CART, command, pod(CART, 9), State.CONFORMANT);
        desk.pass(Duration.ofDays(29));
        desk.forgetOld();
        assertThat(desk.outbox.remediations).containsKey(key(CART, pod(CART, 0)));
        desk.pass(Duration.ofDays(2));
        desk.forgetOld();

        assertThat(desk.outbox.remediations).doesNotContainKey(key(CART, pod(CART, 0)));
        assertThat(desk.memory.allRemediations()).isEmpty();
    }

    @Test
    void aRestartForgetsNothing() {
        Command command = issuedOnce();
        desk.restart();
        assertThat(desk.commands()).isEmpty();
        desk.replace(CART, command, pod(CART, 9), State.CONFORMANT);

        assertThat(phase()).isEqualTo(Phase.REPLACED);
    }
}
