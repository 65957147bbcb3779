package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static dev.snowmelt.remediator.plan.Samples.deployment;
import static dev.snowmelt.remediator.plan.Samples.enforce;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// S8 and S9 together: that a replacement did not come is said when it was looked for, and taken
/// back when it comes.
class S9NothingIsOverdueThatNobodyLookedForTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    private final Desk desk = new Desk();
    private Instant terminated = Instant.EPOCH;

    /// Terminated and gone; whatever comes for it is not heard of, and no snapshot is taken.
    private void terminatedUnderLostEvents(WorkloadId workload) {
        Command command = desk.commands().getFirst();
        desk.silence();
        desk.answer(command, Result.TERMINATED);
        desk.gone(workload, pod(workload, 0));
        terminated = desk.now();
    }

    private Phase phase() {
        return desk.remediation(CART, 0).getPhase();
    }

    private void comes(WorkloadId workload, int pod, Instant created) {
        desk.say(Samples.verdict(workload, pod(workload, pod), State.CONFORMANT).setCreated(Times.timestamp(created)));
    }

    @Test
    void withoutASnapshotItIsSaidAndNothingIsConcluded() {
        desk.workload(CART, 20, 2);
        desk.settle();
        terminatedUnderLostEvents(CART);
        desk.pass(TIMEOUT.plusSeconds(60));

        assertThat(phase()).isEqualTo(Phase.TERMINATED);
        assertThat(desk.remediation(CART, 0).getDetail()).contains("the target's next complete snapshot decides");
        assertThat(desk.figures().suspendedWorkloads()).isZero();
    }

    @Test
    void aSnapshotThatWasBegunBeforeItWasOverdueDecidesNothing() {
        desk.workload(CART, 20, 2);
        desk.settle();
        terminatedUnderLostEvents(CART);
        desk.pass(TIMEOUT.plusSeconds(5));
        desk.whole(TARGET, terminated.plus(TIMEOUT));
        desk.pass(Duration.ofSeconds(1));
        assertThat(phase()).isEqualTo(Phase.TERMINATED);

        desk.whole(TARGET, terminated.plus(TIMEOUT).plusSeconds(1));
        desk.pass(Duration.ofSeconds(1));
        assertThat(phase()).isEqualTo(Phase.STUCK);
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
    }

    @Test
    void theSnapshotThatShowsItProvesIt() {
        desk.workload(CART, 20, 2);
        desk.settle();
        terminatedUnderLostEvents(CART);
        desk.pass(TIMEOUT.plusSeconds(60));
        comes(CART, 50, terminated.plusSeconds(60));
        desk.settle();

        assertThat(phase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.figures().suspendedWorkloads()).isZero();
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void nothingIsTerminatedBesideOneThatIsOverdue() {
        fiveAtATime(1);
        desk.settle();
        desk.replace(CART, desk.commands().getFirst(), pod(CART, 40), State.CONFORMANT);
        fiveAtATime(1);
        desk.pass(Duration.ofSeconds(3));
        terminatedUnderLostEvents(CART);
        desk.pass(TIMEOUT.plusSeconds(60));
        desk.say(Samples.verdict(CART, pod(CART, 1), State.DRIFTED));

        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(CART, 1)).isEqualTo(Reason.UNKNOWN);
        assertThat(desk.remediation(CART, 1).getHold().getDetail()).contains("overdue");
    }

    private void fiveAtATime(int drifted) {
        desk.workload(
                CART,
                20,
                State.DRIFTED,
                drifted,
                verdict -> verdict.setPolicy(enforce().setMaxUnavailable("5")));
    }

    /// Looked for, and not there.
    private void suspended(WorkloadId workload) {
        terminatedUnderLostEvents(workload);
        desk.pass(TIMEOUT.plusSeconds(1));
        desk.settle();
    }

    @Test
    void oneThatComesLateEndsTheSuspensionThatItLedTo() {
        desk.workload(CART, 20, 2);
        desk.settle();
        suspended(CART);
        assertThat(desk.held(CART, 1)).isEqualTo(Reason.SUSPENDED);
        assertThat(desk.remediation(CART, 1).getHold().getDetail())
                .contains("ends when it is, or when a person resumes");
        comes(CART, 50, desk.now());

        assertThat(phase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.remediation(CART, 0).getDetail())
                .isEqualTo("proven after all; before that: no replacement was proven within 600 s;"
                        + " its workload is no longer suspended for it");
        assertThat(desk.figures().suspendedWorkloads()).isZero();
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void untilEveryOneOfThemCameItStays() {
        fiveAtATime(3);
        desk.settle();
        desk.replace(CART, desk.commands().getFirst(), pod(CART, 40), State.CONFORMANT);
        desk.pass(Duration.ofSeconds(3));
        desk.silence();
        for (Command command : desk.commands()) {
            desk.answer(command, Result.TERMINATED);
        }
        desk.gone(CART, pod(CART, 1));
        desk.gone(CART, pod(CART, 2));
        desk.pass(TIMEOUT.plusSeconds(1));
        desk.settle();
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
        desk.say(Samples.verdict(CART, pod(CART, 90), State.CONFORMANT));
        comes(CART, 50, desk.now());
        assertThat(desk.remediation(CART, 1).getPhase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);

        comes(CART, 51, desk.now());
        assertThat(desk.remediation(CART, 2).getPhase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.figures().suspendedWorkloads()).isZero();
    }

    @Test
    void aSuspensionThatAnythingElseLedToIsAPersonsToEnd() {
        fiveAtATime(3);
        desk.settle();
        desk.replace(CART, desk.commands().getFirst(), pod(CART, 40), State.CONFORMANT);
        desk.pass(Duration.ofSeconds(3));
        desk.silence();
        var commands = desk.commands();
        desk.answer(commands.getFirst(), Result.TERMINATED);
        desk.gone(CART, pod(CART, 1));
        desk.pass(Duration.ofMinutes(4));
        desk.answer(commands.getLast(), Result.TERMINATED);
        desk.gone(CART, pod(CART, 2));
        desk.pass(Duration.ofMinutes(6).plusSeconds(1));
        desk.settle();
        assertThat(desk.remediation(CART, 1).getPhase()).isEqualTo(Phase.STUCK);
        assertThat(desk.remediation(CART, 2).getPhase()).isEqualTo(Phase.TERMINATED);
        desk.arrives(CART, pod(CART, 50), State.DRIFTED);
        assertThat(desk.remediation(CART, 2).getPhase()).isEqualTo(Phase.STUCK);
        comes(CART, 51, desk.now());
        comes(CART, 52, desk.now());

        assertThat(desk.remediation(CART, 1).getPhase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.figures().suspendedWorkloads()).isEqualTo(1);
        desk.pass(Duration.ofSeconds(1));
        desk.override(Kind.RESUME, CART.toString());
        assertThat(desk.figures().suspendedWorkloads()).isZero();
    }

    @Test
    void aTargetThatIsSuspendedForTwoWorkloadsIsAPersonsToo() {
        WorkloadId web = deployment("web");
        desk.workload(deployment("rest"), 40, 0);
        desk.workload(CART, 20, 1);
        desk.settle();
        suspended(CART);
        desk.workload(web, 20, 1);
        desk.pass(Duration.ofSeconds(3));
        suspended(web);
        assertThat(desk.figures().suspendedTargets()).isEqualTo(1);
        comes(CART, 50, desk.now());
        comes(web, 50, desk.now());

        assertThat(desk.figures().suspendedWorkloads()).isZero();
        assertThat(desk.figures().suspendedTargets()).isEqualTo(1);
    }
}
