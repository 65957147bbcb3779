package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.deployment;
import static dev.snowmelt.remediator.plan.Samples.enforce;
import static dev.snowmelt.remediator.plan.Samples.key;
import static dev.snowmelt.remediator.plan.Samples.override;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static dev.snowmelt.remediator.plan.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Command.Action;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RestoreTemplate;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.WorkloadStatus.Strategy;
import dev.snowmelt.v1.WorkloadVerdict;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The life of a restore.
class TemplateRestoreTest {
    private final Desk desk = new Desk();

    private static RemediationPolicy.Builder restoring() {
        return enforce()
                .setRestoreTemplate(RestoreTemplate.newBuilder()
                        .setEnabled(true)
                        .setGracePeriod(Times.protobuf(Duration.ofSeconds(10))));
    }

    /// It waits so long before it replaces an instance that the rollout is faster.
    private static RemediationPolicy.Builder patient() {
        return restoring().setGracePeriod(Times.protobuf(Duration.ofMinutes(5)));
    }

    private WorkloadVerdict.Builder mismatched(WorkloadId workload) {
        return workload(workload, 4, 4)
                .setTemplateState(TemplateState.MISMATCHED)
                .setTemplateSince(Times.timestamp(desk.now()))
                .setPolicy(restoring());
    }

    private Remediation template() {
        return desk.remediation(key(CART));
    }

    private Command issued() {
        desk.workload(deployment("rest"), 40, 0);
        desk.workload(CART, 4, 1);
        desk.say(mismatched(CART));
        desk.settle();
        assertThat(template().getHold().getReason()).isEqualTo(Reason.GRACE_PERIOD);
        desk.pass(Duration.ofSeconds(10));
        var commands = desk.commands();
        assertThat(commands).hasSize(1);
        return commands.getFirst();
    }

    @Test
    void aDivergedTemplateIsRestoredAndProvenByTheEndOfItsRollout() {
        Command command = issued();
        assertThat(command.getAction()).isEqualTo(Action.RESTORE_TEMPLATE);
        assertThat(command.getRestoreList()).hasSize(1);
        desk.answer(command, Result.RESTORED);
        assertThat(template().getPhase()).isEqualTo(Phase.TERMINATED);
        var rolling = workload(CART, 4, 3).setPolicy(restoring());
        rolling.getStatusBuilder().setRolloutInProgress(true);
        desk.say(rolling);
        assertThat(template().getPhase()).isEqualTo(Phase.TERMINATED);
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.ROLLOUT_IN_PROGRESS);
        desk.say(workload(CART, 4, 4).setPolicy(restoring()));

        assertThat(template().getPhase()).isEqualTo(Phase.REPLACED);
    }

    @Test
    void whatTheRolloutOfARestoredTemplateTakesAwayIsNotGoneByItself() {
        Command command = issued();
        desk.answer(command, Result.RESTORED);
        desk.gone(CART, pod(CART, 0));

        assertThat(desk.remediation(key(CART, pod(CART, 0))).getPhase()).isEqualTo(Phase.RESOLVED);
        assertThat(desk.remediation(key(CART, pod(CART, 0))).getDetail())
                .isEqualTo("replaced by the rollout of its restored template");
    }

    @Test
    void neitherIsWhatIsGoneShortlyAfterTheRolloutEnded() {
        desk.answer(issued(), Result.RESTORED);
        desk.say(workload(CART, 4, 4).setPolicy(patient()));
        assertThat(template().getPhase()).isEqualTo(Phase.REPLACED);
        desk.pass(Duration.ofSeconds(30));
        desk.gone(CART, pod(CART, 0));

        assertThat(desk.remediation(key(CART, pod(CART, 0))).getDetail())
                .isEqualTo("replaced by the rollout of its restored template");
    }

    @Test
    void whatIsGoneLongAfterTheRestoreIsGoneByItself() {
        desk.answer(issued(), Result.RESTORED);
        desk.say(verdict(CART, pod(CART, 0), State.CONFORMANT));
        desk.say(workload(CART, 4, 4).setPolicy(patient()));
        desk.pass(Duration.ofHours(2));
        desk.say(verdict(CART, pod(CART, 1), State.DRIFTED).setSince(Times.timestamp(desk.now())));
        desk.gone(CART, pod(CART, 1));

        assertThat(desk.remediation(key(CART, pod(CART, 1))).getDetail()).isEqualTo("gone without Snowmelt");
    }

    /// A restore that restarts nothing by itself.
    private WorkloadVerdict.Builder onDelete(WorkloadVerdict.Builder verdict) {
        verdict.getStatusBuilder().setStrategy(Strategy.ON_DELETE);
        return verdict;
    }

    @Test
    void whereARestoreRestartsNothingItIsProvenAsSoonAsTheTemplateMatches() {
        desk.workload(deployment("rest"), 5, 0);
        desk.workload(CART, 5, 1);
        desk.say(onDelete(mismatched(CART)));
        desk.settle();
        desk.pass(Duration.ofSeconds(10));
        // Half of the target, but nothing of it is restarted.
        Command command = desk.commands().getFirst();
        assertThat(command.getAction()).isEqualTo(Action.RESTORE_TEMPLATE);
        desk.answer(command, Result.RESTORED);
        desk.pass(Duration.ofSeconds(10));
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.TEMPLATE_MISMATCHED);
        assertThat(desk.commands()).isEmpty();
        // One that is not ready has nothing to do with it.
        desk.say(onDelete(workload(CART, 5, 4)).setPolicy(restoring().setMaxUnavailable("2")));

        assertThat(template().getPhase()).isEqualTo(Phase.REPLACED);
        assertThat(template().getDetail()).isEqualTo("the template matches; restoring it restarts nothing by itself");
        assertThat(desk.commands())
                .singleElement()
                .satisfies(next -> assertThat(next.getAction()).isEqualTo(Action.REPLACE_INSTANCE));
    }

    @Test
    void andWhatIsGoneMeanwhileIsGoneByItself() {
        desk.workload(deployment("rest"), 40, 0);
        desk.workload(CART, 4, 1);
        desk.say(onDelete(mismatched(CART)));
        desk.settle();
        desk.pass(Duration.ofSeconds(10));
        desk.answer(desk.commands().getFirst(), Result.RESTORED);
        desk.gone(CART, pod(CART, 0));

        assertThat(desk.remediation(CART, 0).getDetail()).isEqualTo("gone without Snowmelt");
    }

    @Test
    void anotherWorkloadsRestoreThatRestartsNothingCountsAsOne() {
        WorkloadId web = deployment("web");
        desk.workload(deployment("rest"), 20, 0);
        desk.workload(CART, 20, 0);
        desk.say(onDelete(workload(CART, 20, 20)
                .setTemplateState(TemplateState.MISMATCHED)
                .setTemplateSince(Times.timestamp(desk.now()))
                .setPolicy(restoring())));
        desk.settle();
        desk.pass(Duration.ofSeconds(10));
        assertThat(desk.commands()).hasSize(1);
        desk.workload(web, 10, 0);
        desk.say(workload(web, 10, 10)
                .setTemplateState(TemplateState.MISMATCHED)
                .setTemplateSince(Times.timestamp(desk.now()))
                .setPolicy(restoring()));
        desk.pass(Duration.ofSeconds(20));

        // 11 of 50 would restart, not 30; so only the order of restores holds it.
        assertThat(desk.remediation(key(web)).getHold().getReason()).isEqualTo(Reason.CANARY);
    }

    @Test
    void withoutOptInItIsVisiblyHeld() {
        desk.workload(CART, 4, 0);
        desk.say(mismatched(CART).setPolicy(enforce()));
        desk.settle();
        desk.pass(Duration.ofHours(1));

        assertThat(desk.commands()).isEmpty();
        assertThat(template().getPhase()).isEqualTo(Phase.HELD);
        assertThat(template().getHold().getReason()).isEqualTo(Reason.TEMPLATE_MISMATCHED);
    }

    @Test
    void aTemplateThatDivergesAgainSuspendsItsWorkload() {
        Command command = issued();
        desk.answer(command, Result.RESTORED);
        desk.say(workload(CART, 4, 4).setPolicy(restoring()));
        assertThat(template().getPhase()).isEqualTo(Phase.REPLACED);
        desk.pass(Duration.ofHours(2));
        desk.commands();
        desk.say(mismatched(CART));
        desk.pass(Duration.ofHours(1));

        assertThat(desk.commands()).isEmpty();
        assertThat(template().getHold().getReason()).isEqualTo(Reason.SUSPENDED);
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);

        desk.override(Kind.RESUME, CART.toString());
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.commands())
                .singleElement()
                .satisfies(again -> assertThat(again.getId()).isNotEqualTo(command.getId()));
    }

    @Test
    void aNewRevisionMayBeRestoredAgain() {
        Command command = issued();
        desk.answer(command, Result.RESTORED);
        desk.say(verdict(CART, pod(CART, 0), State.CONFORMANT));
        desk.say(workload(CART, 4, 4).setPolicy(restoring()));
        desk.pass(Duration.ofHours(2));
        desk.commands();
        desk.say(mismatched(CART).setRevision(2));
        desk.pass(Duration.ofSeconds(20));

        assertThat(desk.commands()).hasSize(1);
        assertThat(desk.figures().suspendedWorkloads()).isZero();
    }

    @Test
    void aRestoreThatDoesNotComeToAnEndSuspends() {
        desk.answer(issued(), Result.RESTORED);
        desk.pass(Duration.ofSeconds(610));
        assertThat(template().getPhase()).as("not looked since").isEqualTo(Phase.TERMINATED);
        assertThat(template().getDetail()).contains("the target's next complete snapshot decides");
        desk.settle();
        assertThat(template().getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);

        desk.say(workload(CART, 4, 4).setPolicy(patient()));
        assertThat(template().getPhase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.figures().suspendedWorkloads()).isZero();
    }

    @Test
    void oneOfAWorkloadThatIsGoneSuspendsNothingWhenItComesBack() {
        desk.answer(issued(), Result.RESTORED);
        desk.pass(Duration.ofSeconds(610));
        desk.settle();
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
        desk.gone(CART);

        assertThat(template().getPhase()).isEqualTo(Phase.RESOLVED);
        assertThat(desk.figures().suspendedWorkloads()).isZero();
    }

    @Test
    void aRestoreThatDoesNotComeToAnEndLetsOthersHaveTheirTurn() {
        WorkloadId web = deployment("web");
        desk.workload(web, 4, 0);
        desk.answer(issued(), Result.RESTORED);
        desk.say(mismatched(web));
        desk.pass(Duration.ofSeconds(590));
        assertThat(desk.remediation(key(web)).getHold().getReason()).isEqualTo(Reason.CANARY);
        desk.pass(Duration.ofSeconds(20));
        desk.settle();
        assertThat(template().getPhase()).isEqualTo(Phase.STUCK);

        assertThat(desk.commands())
                .singleElement()
                .satisfies(turn -> assertThat(turn.getWorkload()).isEqualTo(web.toString()));
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = Result.class,
            names = {"REFUSED", "DRY_RUN"})
    void aRefusedRestoreIsAskedAgainThoughTheGroupIsSilent(Result result) {
        desk.answer(issued(), result, outcome -> outcome.setDetail("is paused"));
        desk.pass(Duration.ofSeconds(29));
        assertThat(desk.commands()).isEmpty();
        assertThat(template().getHold().getDetail())
                .isEqualTo("is paused; asked again after 30 s, if it is still judged so");
        desk.pass(Duration.ofSeconds(1));
        desk.answer(desk.commands().getFirst(), result);
        desk.pass(Duration.ofSeconds(59));
        assertThat(desk.commands()).as("twice as long").isEmpty();
        desk.pass(Duration.ofSeconds(1));

        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void aRefusedRestoreIsNotAskedForWithAVerdictThatAsksTheSame() {
        desk.answer(issued(), Result.REFUSED);
        WorkloadVerdict.Builder same = mismatched(CART).setTemplateSince(Times.timestamp(Samples.START));
        same.getStatusBuilder().setReady(3);
        desk.say(same);
        desk.pass(Duration.ofSeconds(29));
        assertThat(desk.commands()).isEmpty();

        desk.say(same.setRevision(2));
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.commands()).as("another revision is another question").hasSize(1);
    }

    @Test
    void whatAPersonPutsInItsWayAfterARefusalHoldsNoLongerThanThePersonSays() {
        desk.answer(issued(), Result.REFUSED);
        desk.override(override(Kind.PAUSE, CART.toString(), desk.now())
                .setUntil(Times.timestamp(desk.now().plusSeconds(86_400))));
        desk.pass(Duration.ofSeconds(40));
        assertThat(template().getHold().getReason()).isEqualTo(Reason.PAUSED);
        desk.withdraw(Kind.PAUSE, CART.toString());
        desk.pass(Duration.ofSeconds(1));

        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void aDuplicateOutcomeOfAnEarlierRestoreIsNotThisOnes() {
        Command first = issued();
        desk.answer(first, Result.RESTORED);
        desk.say(verdict(CART, pod(CART, 0), State.CONFORMANT));
        desk.say(workload(CART, 4, 4).setPolicy(restoring()));
        desk.pass(Duration.ofHours(25));
        desk.commands();
        desk.say(mismatched(CART));
        desk.pass(Duration.ofSeconds(20));
        assertThat(desk.commands()).hasSize(1);
        desk.answer(first, Result.RESTORED);

        assertThat(template().getPhase()).isEqualTo(Phase.ISSUED);
    }

    @Test
    void aLostRestoreIsOrderedAgain() {
        Command first = issued();
        desk.pass(Duration.ofSeconds(125));

        assertThat(desk.commands()).singleElement().satisfies(again -> {
            assertThat(again.getAction()).isEqualTo(Action.RESTORE_TEMPLATE);
            assertThat(again.getAttempt()).isEqualTo(first.getAttempt() + 1);
        });
    }

    /// An executor waits for an answer in vain, or died and another one finds the command: nothing
    /// says whether it had an effect, and the group is silent.
    @ParameterizedTest
    @EnumSource(
            value = Result.class,
            names = {"FAILED", "BLOCKED", "REFUSED"})
    void aRestoreOfUnknownEffectIsOrderedAgainThoughTheGroupIsSilent(Result result) {
        Command first = issued();
        desk.answer(first, result, outcome -> outcome.setEffectUnknown(true).setDetail("no answer in 15 s"));
        desk.pass(Duration.ofMinutes(3));

        assertThat(desk.commands())
                .first()
                .satisfies(again -> assertThat(again.getAttempt()).isEqualTo(first.getAttempt() + 1));
    }

    private void nobodyKnows(Command command) {
        desk.answer(
                command,
                Result.FAILED,
                outcome -> outcome.setEffectUnknown(true).setDetail("no answer in 15 s"));
    }

    @Test
    void whatNobodyKnowsOfIsSaidWithWhatWasAnsweredAndIsStuckInTheEnd() {
        nobodyKnows(issued());
        desk.pass(Duration.ofSeconds(125));
        assertThat(desk.outbox.history)
                .anySatisfy(told -> assertThat(told.getHold().getDetail())
                        .isEqualTo("its last command has no known effect; its answer was: no answer in 15 s"));
        nobodyKnows(desk.commands().getFirst());
        desk.pass(Duration.ofSeconds(125));
        nobodyKnows(desk.commands().getFirst());
        desk.pass(Duration.ofSeconds(125));

        assertThat(desk.commands()).isEmpty();
        assertThat(template().getPhase()).isEqualTo(Phase.STUCK);
        assertThat(template().getDetail())
                .isEqualTo("3 commands in a row had no known effect; its answer was: no answer in 15 s");
    }

    @Test
    void oneThatTookEffectAfterAllIsProvenAndRemembered() {
        nobodyKnows(issued());
        desk.pass(Duration.ofSeconds(5));
        desk.say(workload(CART, 4, 4).setPolicy(patient()));
        desk.pass(Duration.ofSeconds(1));
        assertThat(template().getPhase()).isEqualTo(Phase.REPLACED);
        desk.pass(Duration.ofMinutes(4));
        desk.commands();
        desk.say(mismatched(CART));
        desk.pass(Duration.ofMinutes(1));

        assertThat(template().getHold().getReason()).as("somebody else sets it").isEqualTo(Reason.SUSPENDED);
        assertThat(desk.commands()).isEmpty();
    }

    @Test
    void aRollbackInsteadOfItIsNoneOfItsEffect() {
        nobodyKnows(issued());
        desk.pass(Duration.ofSeconds(5));
        desk.say(workload(CART, 4, 4).setPolicy(patient()).setRevision(2));

        assertThat(template().getPhase()).isEqualTo(Phase.RESOLVED);
    }

    @Test
    void aSnapshotThatStillShowsItDivergedProvesThatNothingWasDone() {
        WorkloadId web = deployment("web");
        desk.workload(web, 4, 0);
        Command command = issued();
        nobodyKnows(command);
        desk.say(mismatched(CART).setPolicy(enforce()));
        desk.say(mismatched(web));
        desk.pass(Duration.ofMinutes(5));
        assertThat(template().getHold().getReason()).isEqualTo(Reason.TEMPLATE_MISMATCHED);
        assertThat(desk.remediation(key(web)).getHold().getReason())
                .as("nobody knows yet")
                .isEqualTo(Reason.CANARY);
        Instant last = Times.instant(command.getExpiresAt()).plusSeconds(30);
        desk.whole(Samples.TARGET, last);
        desk.pass(Duration.ofSeconds(2));
        assertThat(desk.commands()).as("begun too early").isEmpty();

        desk.whole(Samples.TARGET, last.plusMillis(1));
        desk.pass(Duration.ofSeconds(2));
        assertThat(desk.commands())
                .singleElement()
                .satisfies(turn -> assertThat(turn.getWorkload()).isEqualTo(web.toString()));
    }

    /// What a detector says of a template that it knows nothing of.
    private static WorkloadVerdict.Builder unknown() {
        return workload(CART, 4, 4)
                .setTemplateState(TemplateState.TEMPLATE_UNKNOWN)
                .setPolicy(restoring());
    }

    /// No answer to it ever comes, and another workload waits for its turn.
    ///
    /// @return when it could act last
    private Instant lostWhileAnotherWaits(WorkloadId another) {
        desk.workload(another, 4, 0);
        Command lost = issued();
        desk.say(mismatched(another));
        return Times.instant(lost.getExpiresAt()).plusSeconds(30);
    }

    private void goesFirst(WorkloadId waiting) {
        assertThat(template().getPhase()).isEqualTo(Phase.HELD);
        assertThat(desk.remediation(key(waiting)).getHold().getReason()).isEqualTo(Reason.CANARY);
        assertThat(desk.commands()).isEmpty();
    }

    private void hasItsTurn(WorkloadId waiting) {
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.commands())
                .as("%s", desk.remediation(key(waiting)))
                .singleElement()
                .satisfies(turn -> assertThat(turn.getWorkload()).isEqualTo(waiting.toString()));
    }

    @Test
    void oneOfUnknownEffectEndsWhenItsWorkloadIsGoneThoughItStaysDeclared() {
        WorkloadId web = deployment("web");
        Instant last = lostWhileAnotherWaits(web);
        for (int i = 0; i < 4; i++) {
            desk.gone(CART, pod(CART, i));
        }
        desk.say(unknown().clearStatus());
        desk.pass(Duration.ofMinutes(4));
        desk.whole(Samples.TARGET, last);
        desk.pass(Duration.ofSeconds(1));
        goesFirst(web);

        desk.whole(Samples.TARGET, last.plusMillis(1));
        desk.pass(Duration.ofSeconds(1));
        assertThat(template().getPhase()).isEqualTo(Phase.RESOLVED);
        assertThat(template().getDetail()).isEqualTo("its workload is gone");
        hasItsTurn(web);
    }

    @Test
    void oneOfUnknownEffectIsStuckWhenNothingTellsWhatItsTemplateIs() {
        WorkloadId web = deployment("web");
        Instant last = lostWhileAnotherWaits(web);
        desk.say(unknown());
        desk.pass(Duration.ofMinutes(14));
        desk.whole(Samples.TARGET, last.plusSeconds(600));
        desk.pass(Duration.ofSeconds(1));
        goesFirst(web);

        desk.whole(Samples.TARGET, last.plusSeconds(600).plusMillis(1));
        desk.pass(Duration.ofSeconds(1));
        assertThat(template().getPhase()).isEqualTo(Phase.STUCK);
        assertThat(template().getDetail())
                .isEqualTo("its last command has no known effect, and for 600 s nothing told what the template is");
        hasItsTurn(web);

        desk.say(workload(CART, 4, 4).setPolicy(restoring()));
        assertThat(template().getPhase()).as("told after all").isEqualTo(Phase.REPLACED);
    }

    @Test
    void templatesAreRestoredOneWorkloadAtATime() {
        WorkloadId web = deployment("web");
        desk.workload(deployment("rest"), 40, 0);
        desk.workload(CART, 4, 0);
        desk.workload(web, 4, 0);
        desk.say(mismatched(CART));
        desk.say(mismatched(web));
        desk.settle();
        desk.pass(Duration.ofSeconds(20));

        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void aTemplateThatMatchesAgainByItselfIsResolved() {
        desk.workload(CART, 4, 0);
        desk.say(mismatched(CART));
        desk.settle();
        desk.say(workload(CART, 4, 4).setPolicy(restoring()));

        assertThat(template().getPhase()).isEqualTo(Phase.RESOLVED);
        assertThat(desk.outbox.evidence.getLast().getInstance()).isEmpty();
        assertThat(State.DRIFTED).isEqualTo(template().getState());
    }
}
