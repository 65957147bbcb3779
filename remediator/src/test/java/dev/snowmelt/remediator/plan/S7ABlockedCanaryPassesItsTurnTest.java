package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.deployment;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// S7: a new revision rolls through one workload of a target at a time. One that cannot roll does
/// not keep the others from it, and is not forgotten.
class S7ABlockedCanaryPassesItsTurnTest {
    private final Desk desk = new Desk();
    private final WorkloadId first = deployment("first");
    private final WorkloadId second = deployment("second");

    @BeforeEach
    void twoThatAreToBeRolled() {
        desk.workload(deployment("rest"), 100, 0);
        desk.workload(first, 5, State.OUTDATED, 2, _ -> {});
        desk.workload(second, 5, State.OUTDATED, 2, _ -> {});
        desk.settle();
    }

    private Command only(WorkloadId workload) {
        List<Command> commands = desk.commands();
        assertThat(commands)
                .singleElement()
                .satisfies(command -> assertThat(command.getWorkload()).isEqualTo(workload.toString()));
        return commands.getFirst();
    }

    private void isRefreshed(Command command) {
        desk.answer(command, Result.BLOCKED, outcome -> outcome.setBlocksWorkload(true));
        desk.pass(Duration.ofSeconds(1));
    }

    @Test
    void itIsTheNextOnesTurnWhileNothingWasDone() {
        isRefreshed(only(first));

        only(second);
        assertThat(desk.held(first, 1)).isEqualTo(Reason.PLATFORM);
    }

    @Test
    void neverTwoAtOnceAndTheFirstIsNotForgotten() {
        isRefreshed(only(first));
        Command canary = only(second);
        desk.pass(Duration.ofMinutes(1));
        assertThat(desk.commands())
                .as("its time has come, but it is not its turn")
                .isEmpty();
        assertThat(desk.held(first, 0)).isEqualTo(Reason.CANARY);
        desk.replace(second, canary, pod(second, 50), State.CONFORMANT);
        Command last = only(second);
        desk.replace(second, last, pod(second, 51), State.CONFORMANT);
        desk.pass(Duration.ofSeconds(1));

        only(first);
    }

    @Test
    void whatWasDoneKeepsTheTurnThoughTheRestIsBlocked() {
        only(first);
        desk.pass(Duration.ofSeconds(125));
        isRefreshed(only(first));
        desk.pass(Duration.ofSeconds(2));

        assertThat(desk.commands())
                .as("the first command may have had an effect")
                .isEmpty();
        assertThat(desk.held(second, 0)).isEqualTo(Reason.CANARY);
    }

    @Test
    void oneWhoseInstancesAreAllBlockedByThemselvesPassesItTooAfterItTriedThem() {
        desk.answer(only(first), Result.BLOCKED);
        desk.answer(only(first), Result.BLOCKED);
        desk.pass(Duration.ofSeconds(1));

        only(second);
    }
}
