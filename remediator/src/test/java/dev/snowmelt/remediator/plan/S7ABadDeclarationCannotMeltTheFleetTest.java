package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static dev.snowmelt.remediator.plan.Samples.deployment;
import static dev.snowmelt.remediator.plan.Samples.enforce;
import static dev.snowmelt.remediator.plan.Samples.override;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Verdict.State;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// S7: breaker, canary, approval, first snapshot, settle.
class S7ABadDeclarationCannotMeltTheFleetTest {
    private final Desk desk = new Desk();

    @Test
    void nothingBeforeTheFirstCompleteSnapshotOfEveryPartition() {
        desk.workload(CART, 20, 1);
        desk.pass(Duration.ofSeconds(10));
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.FIRST_SNAPSHOT);
        desk.snapshot(0, 2, true);
        desk.snapshot(1, 2, false);
        desk.pass(Duration.ofSeconds(10));
        assertThat(desk.commands()).isEmpty();

        desk.snapshot(1, 2, true);
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void nothingWithinTwoSecondsOfAJump() {
        desk.workload(CART, 100, 0);
        desk.settle();
        for (int i = 0; i < 5; i++) {
            desk.say(verdict(CART, pod(CART, 200 + i), State.CONFORMANT));
        }
        desk.say(verdict(CART, pod(CART, 0), State.DRIFTED));
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.SETTLING);
        assertThat(desk.commands()).isEmpty();

        desk.pass(Duration.ofSeconds(3));
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void nothingWhileABacklogIsRead() {
        desk.workload(CART, 100, 0);
        desk.settle();
        desk.sayAt(verdict(CART, pod(CART, 0), State.DRIFTED), desk.now().minusSeconds(60));

        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.SETTLING);
    }

    @Test
    void overThirtyPercentDriftedStopsTheTargetUntilAPersonResumes() {
        desk.workload(CART, 10, 3);
        desk.workload(deployment("web"), 6, 2);
        desk.settle();
        assertThat(desk.figures().openBreakers()).isEqualTo(1);
        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.BREAKER);

        // Falling below the share does not close it.
        desk.say(verdict(CART, pod(CART, 2), State.CONFORMANT));
        desk.pass(Duration.ofMinutes(3));
        assertThat(desk.commands()).isEmpty();

        desk.override(Kind.RESUME, TARGET.toString());
        desk.pass(Duration.ofSeconds(3));
        assertThat(desk.commands()).isNotEmpty();
    }

    @Test
    void fourOfTenAreNoMass() {
        desk.workload(CART, 10, 4);
        desk.settle();

        assertThat(desk.figures().openBreakers()).isZero();
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void afterAResumeItOpensOnlyAboveWhatWasAccepted() {
        desk.workload(CART, 10, 6);
        desk.settle();
        desk.pass(Duration.ofSeconds(1));
        desk.override(Kind.RESUME, TARGET.toString());
        assertThat(desk.figures().openBreakers()).isZero();
        desk.say(verdict(CART, pod(CART, 5), State.CONFORMANT));
        desk.say(verdict(CART, pod(CART, 5), State.DRIFTED));
        assertThat(desk.figures().openBreakers()).isZero();

        desk.say(verdict(CART, pod(CART, 6), State.DRIFTED));
        assertThat(desk.figures().openBreakers()).isEqualTo(1);
    }

    @Test
    void aResumeFromBeforeDoesNotCloseIt() {
        var early = override(Kind.RESUME, TARGET.toString(), desk.now().minusSeconds(60));
        desk.workload(CART, 10, 6);
        desk.settle();
        desk.override(early);

        assertThat(desk.figures().openBreakers()).isEqualTo(1);
    }

    @Test
    void theBreakerOutlivesARestart() {
        desk.workload(CART, 10, 6);
        desk.settle();
        desk.restart();

        assertThat(desk.figures().openBreakers()).isEqualTo(1);
        assertThat(desk.commands()).isEmpty();
    }

    @Test
    void outdatedNeverTripsTheBreaker() {
        desk.workload(CART, 10, State.OUTDATED, 10, _ -> {});
        desk.settle();

        assertThat(desk.figures().openBreakers()).isZero();
    }

    private Consumer<WorkloadVerdict.Builder> justDeclared(long revision) {
        return verdict -> verdict.setRevision(revision)
                .setDeclaredAt(Times.timestamp(desk.now()))
                .setPolicy(enforce().setMaxUnavailable("3"));
    }

    @Test
    void aRevisionThatOutdatesTooMuchNeedsAnApprovalHoweverLongItWaits() {
        desk.workload(CART, 10, State.OUTDATED, 10, justDeclared(2));
        desk.settle();
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.APPROVAL);
        desk.pass(Duration.ofHours(1));
        desk.say(verdict(CART, pod(CART, 0), State.OUTDATED).setRevision(2));
        assertThat(desk.commands()).isEmpty();

        desk.override(override(Kind.APPROVAL, CART.toString(), desk.now()).setRevision(2));
        desk.pass(Duration.ofSeconds(3));
        assertThat(desk.commands()).hasSize(1);
    }

    private static Consumer<WorkloadVerdict.Builder> declaredYesterday(long revision) {
        return verdict -> verdict.setRevision(revision).setPolicy(enforce().setMaxUnavailable("3"));
    }

    @Test
    void aDeclarationThatIsReadLongAfterItWasMadeNeedsAnApprovalToo() {
        desk.workload(CART, 10, State.OUTDATED, 10, declaredYesterday(2));
        desk.settle();
        desk.restart();

        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.APPROVAL);
    }

    @Test
    void aRevisionThatWasHeardOfLongAgoIsNotNewAgainAfterARestart() {
        desk.workload(CART, 10, State.CONFORMANT, 10, declaredYesterday(2));
        desk.settle();
        desk.pass(Duration.ofMinutes(11));
        desk.restart();
        desk.workload(CART, 10, State.OUTDATED, 10, declaredYesterday(2));
        desk.pass(Duration.ofSeconds(3));

        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void aWorkloadThatIsGoneLeavesNothingBehind() {
        desk.workload(CART, 1, 0);
        desk.gone(CART, pod(CART, 0));
        desk.gone(CART);

        assertThat(desk.memory.workloads().get(CART)).isNull();
    }

    @Test
    void severalDeclarationsOfTenMinutesCountTogether() {
        desk.workload(deployment("rest"), 40, 0);
        desk.settle();
        WorkloadId web = deployment("web");
        desk.workload(CART, 10, State.OUTDATED, 10, justDeclared(2));
        desk.pass(Duration.ofSeconds(3));
        assertThat(desk.commands()).as("10 of 50").hasSize(1);
        desk.workload(web, 10, State.OUTDATED, 10, justDeclared(2));
        desk.pass(Duration.ofSeconds(3));

        assertThat(desk.held(web, 0)).as("20 of 60").isEqualTo(Reason.APPROVAL);
    }

    @Test
    void aNewRevisionRollsCanaryFirst() {
        desk.workload(deployment("rest"), 100, 0);
        desk.workload(CART, 10, State.OUTDATED, 10, justDeclared(2));
        desk.settle();
        var first = desk.commands();
        assertThat(first).as("the canary").hasSize(1);
        assertThat(desk.held(CART, 1)).isEqualTo(Reason.CANARY);
        desk.pass(Duration.ofSeconds(1));
        desk.answer(first.getFirst(), dev.snowmelt.v1.Outcome.Result.TERMINATED);
        desk.gone(CART, pod(CART, 0));
        desk.pass(Duration.ofSeconds(1));
        desk.say(verdict(CART, pod(CART, 50), State.CONFORMANT).setRevision(2).setCreated(Times.timestamp(desk.now())));
        desk.pass(Duration.ofSeconds(3));

        assertThat(desk.commands()).as("the budget").hasSize(3);
    }

    @Test
    void aNewRevisionRollsThroughOneWorkloadAtATime() {
        desk.workload(deployment("rest"), 100, 0);
        desk.workload(CART, 5, State.OUTDATED, 1, justDeclared(2));
        WorkloadId web = deployment("web");
        desk.workload(web, 5, State.OUTDATED, 1, justDeclared(2));
        desk.settle();
        var first = desk.commands();
        assertThat(first).hasSize(1);
        WorkloadId rolling = WorkloadId.parse(first.getFirst().getWorkload());
        WorkloadId waiting = rolling.equals(CART) ? web : CART;
        assertThat(desk.held(waiting, 0)).isEqualTo(Reason.CANARY);
        desk.pass(Duration.ofSeconds(1));
        desk.answer(first.getFirst(), dev.snowmelt.v1.Outcome.Result.TERMINATED);
        desk.gone(rolling, pod(rolling, 0));
        desk.pass(Duration.ofSeconds(1));
        desk.say(verdict(rolling, pod(rolling, 50), State.CONFORMANT)
                .setRevision(2)
                .setCreated(Times.timestamp(desk.now())));
        desk.pass(Duration.ofSeconds(1));

        assertThat(desk.commands())
                .singleElement()
                .satisfies(command -> assertThat(command.getWorkload()).isEqualTo(waiting.toString()));
    }
}
