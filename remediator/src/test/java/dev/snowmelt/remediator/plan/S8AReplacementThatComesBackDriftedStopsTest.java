package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static dev.snowmelt.remediator.plan.Samples.deployment;
import static dev.snowmelt.remediator.plan.Samples.override;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static dev.snowmelt.remediator.plan.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// S8: no endless loop.
class S8AReplacementThatComesBackDriftedStopsTest {
    private final Desk desk = new Desk();

    private void comesBackDrifted(WorkloadId workload) {
        Command command = desk.commands().getFirst();
        assertThat(command.getWorkload()).isEqualTo(workload.toString());
        desk.replace(workload, command, pod(workload, 50), State.DRIFTED);
    }

    @Test
    void aDriftedReplacementSuspendsItsWorkload() {
        desk.workload(CART, 20, 2);
        desk.settle();
        comesBackDrifted(CART);
        desk.pass(Duration.ofMinutes(30));

        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.remediation(CART, 0).getDetail()).contains(pod(CART, 50).toString());
        assertThat(desk.held(CART, 1)).isEqualTo(Reason.SUSPENDED);
        assertThat(desk.held(CART, 50)).isEqualTo(Reason.SUSPENDED);
        assertThat(desk.commands()).isEmpty();
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
    }

    @Test
    void aSiblingThatDriftsMeanwhileDoesNot() {
        desk.workload(CART, 20, 1);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.TERMINATED);
        desk.pass(Duration.ofSeconds(1));
        desk.say(verdict(CART, pod(CART, 7), State.DRIFTED));

        assertThat(desk.figures().suspendedWorkloads()).isZero();
    }

    @Test
    void aReplacementThatNeverComesSuspendsToo() {
        desk.workload(CART, 20, 1);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.TERMINATED);
        desk.gone(CART, pod(CART, 0));
        desk.pass(Duration.ofSeconds(599));
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.TERMINATED);
        desk.pass(Duration.ofSeconds(2));
        desk.settle();

        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
    }

    private void staysAway() {
        desk.pass(Duration.ofSeconds(602));
        desk.settle();
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
    }

    @Test
    void thatItIsScaledAwayInsteadEndsItsSuspension() {
        desk.workload(CART, 20, 2);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.TERMINATED);
        desk.gone(CART, pod(CART, 0));
        staysAway();
        desk.say(workload(CART, 19, 19));

        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.RETIRED);
        assertThat(desk.remediation(CART, 0).getDetail()).endsWith("; its workload is no longer suspended for it");
        assertThat(desk.figures().suspendedWorkloads()).isZero();
        assertThat(desk.commands()).as("the next one's turn").hasSize(1);
    }

    @Test
    void soDoesTheEndOfWhatWasGoneBeforeTheCall() {
        desk.workload(CART, 20, 2);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.ALREADY_GONE);
        desk.gone(CART, pod(CART, 0));
        staysAway();
        desk.arrives(CART, pod(CART, 50), State.UNVERIFIED);

        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.RESOLVED);
        assertThat(desk.figures().suspendedWorkloads()).isZero();
    }

    @Test
    void oneThatOnlyTakesLongToGoIsStuckButSuspendsNothing() {
        desk.workload(CART, 20, 2);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.TERMINATED);
        leaving(pod(CART, 0));
        desk.pass(Duration.ofSeconds(1));
        desk.arrives(CART, pod(CART, 100), State.CONFORMANT);
        desk.pass(Duration.ofSeconds(602));
        desk.settle();

        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.remediation(CART, 0).getDetail()).contains("its replacement is there");
        assertThat(desk.figures().suspendedWorkloads()).isZero();
        assertThat(desk.commands()).as("its slot is not free").isEmpty();

        desk.gone(CART, pod(CART, 0));
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void oneThatTakesLongToGoWithoutAReplacementSuspends() {
        desk.workload(CART, 20, 2);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.TERMINATED);
        leaving(pod(CART, 0));
        desk.pass(Duration.ofSeconds(602));
        desk.settle();

        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
    }

    /// It drains for half an hour; meanwhile its group is scaled in, and nothing comes in its place.
    @Test
    void oneThatIsScaledAwayWhileItDrainsSuspendsNothing() {
        desk.workload(CART, 20, 2);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.TERMINATED);
        leaving(pod(CART, 0));
        desk.say(workload(CART, 19, 19));
        desk.pass(Duration.ofSeconds(602));
        desk.settle();

        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.remediation(CART, 0).getDetail())
                .isEqualTo("is still on its way out after 600 s: scaled away: 19 replicas are wanted instead of 20");
        assertThat(desk.figures().suspendedWorkloads()).isZero();

        desk.gone(CART, pod(CART, 0));
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.RETIRED);
        assertThat(desk.commands()).as("the next one's turn").hasSize(1);
    }

    @Test
    void neitherDoesOneThatWasScaledInBeforeTheCall() {
        desk.workload(CART, 20, 2);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.ALREADY_GONE);
        leaving(pod(CART, 0));
        desk.say(workload(CART, 20, 19));
        desk.arrives(CART, pod(CART, 50), State.UNVERIFIED);
        desk.say(workload(CART, 20, 20));
        desk.pass(Duration.ofSeconds(602));
        desk.settle();
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.figures().suspendedWorkloads()).isZero();

        desk.gone(CART, pod(CART, 0));
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.RESOLVED);
    }

    /// Where capacity is counted in units, a larger instance makes fewer wanted.
    @Test
    void oneThatComesBackDriftedIsNotScaledAwayThoughFewerAreWanted() {
        desk.workload(CART, 20, 2);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.TERMINATED);
        desk.pass(Duration.ofSeconds(1));
        desk.arrives(CART, pod(CART, 50), State.DRIFTED);
        desk.say(workload(CART, 19, 19));
        desk.gone(CART, pod(CART, 0));

        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
    }

    @Test
    void neitherIsOneForWhichSomethingCameThatCannotBeToldYet() {
        desk.workload(CART, 20, 2);
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.TERMINATED);
        desk.pass(Duration.ofSeconds(1));
        desk.arrives(CART, pod(CART, 50), State.UNVERIFIED);
        desk.say(workload(CART, 19, 19));
        desk.gone(CART, pod(CART, 0));
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.TERMINATED);

        desk.arrives(CART, pod(CART, 50), State.CONFORMANT);
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.REPLACED);
    }

    @Test
    void oneThatWasStoppedAndIsStartedAnewProvesAReplacement() {
        desk.workload(CART, 20, 1);
        InstanceId spare = pod(CART, 50);
        desk.say(Samples.verdict(CART, spare, State.CONFORMANT).setReady(false));
        desk.settle();
        desk.pass(Duration.ofSeconds(1));
        desk.answer(desk.commands().getFirst(), Result.TERMINATED);
        desk.gone(CART, pod(CART, 0));
        desk.say(Samples.verdict(CART, spare, State.CONFORMANT));
        assertThat(desk.remediation(CART, 0).getPhase())
                .as("ready, but as old as before")
                .isEqualTo(Phase.TERMINATED);
        desk.pass(Duration.ofSeconds(1));
        desk.arrives(CART, spare, State.CONFORMANT);

        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.remediation(CART, 0).getReplacement()).isEqualTo(spare.toString());
    }

    private void leaving(InstanceId pod) {
        desk.say(Samples.verdict(CART, pod, State.DRIFTED).setReady(false).setTerminating(true));
    }

    private void twoWorkloadsComeBackDrifted(WorkloadId web) {
        desk.workload(CART, 20, 1);
        desk.workload(deployment("rest"), 40, 0);
        desk.settle();
        comesBackDrifted(CART);
        assertThat(desk.outbox.proposals).isEmpty();
        desk.workload(web, 20, 1);
        desk.pass(Duration.ofSeconds(3));
        comesBackDrifted(web);
    }

    @Test
    void twoWorkloadsSuspendTheTargetAndTellTheOthers() {
        WorkloadId api = deployment("api");
        twoWorkloadsComeBackDrifted(deployment("web"));
        desk.workload(api, 20, 1);
        desk.pass(Duration.ofSeconds(3));

        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(api, 0)).isEqualTo(Reason.SUSPENDED);
        assertThat(desk.outbox.proposals).singleElement().satisfies(proposal -> {
            assertThat(proposal.getOverride().getKind()).isEqualTo(Kind.SUSPENSION);
            assertThat(proposal.getOverride().getTarget()).isEqualTo(OverrideKey.EVERY_TARGET);
            assertThat(proposal.getOverride().getSubject()).isEqualTo(TARGET.toString());
        });
    }

    @Test
    void aPersonResumesTheTargetAndAllInIt() {
        twoWorkloadsComeBackDrifted(deployment("web"));
        desk.pass(Duration.ofSeconds(3));
        assertThat(desk.figures().suspendedTargets()).isEqualTo(1);
        desk.override(Kind.RESUME, TARGET.toString());
        desk.pass(Duration.ofSeconds(1));

        assertThat(desk.figures().suspendedWorkloads()).isZero();
        assertThat(desk.figures().suspendedTargets()).isZero();
        assertThat(desk.remediation(CART, 0).getPhase()).isEqualTo(Phase.RESOLVED);
        assertThat(desk.outbox.proposals.getLast().getWithdrawal().getSubject()).isEqualTo(TARGET.toString());
        assertThat(desk.commands()).isNotEmpty();
    }

    @Test
    void resumingOneWorkloadLeavesTheOthersSuspended() {
        desk.workload(CART, 20, 2);
        desk.settle();
        comesBackDrifted(CART);
        desk.override(Kind.RESUME, deployment("other").toString());
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.commands()).isEmpty();

        desk.override(Kind.RESUME, CART.toString());
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void twoSuspendedTargetsStopEverything() {
        desk.workload(CART, 20, 1);
        desk.override(override(Kind.SUSPENSION, "k8s:a", desk.now()).setTarget("*"));
        desk.override(override(Kind.SUSPENSION, "k8s:b", desk.now()).setTarget("*"));
        desk.settle();

        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.SUSPENDED);
    }

    @Test
    void suspensionsOutliveARestart() {
        desk.workload(CART, 20, 2);
        desk.settle();
        comesBackDrifted(CART);
        desk.restart();
        desk.pass(Duration.ofMinutes(1));

        assertThat(desk.commands()).isEmpty();
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
        assertThat(InstanceId.parse(desk.remediation(CART, 0).getInstance())).isEqualTo(pod(CART, 0));
    }
}
