package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// S2: a budget that is counted on what was true hours ago is none.
class S2NothingIsDoneOnAnOldPictureTest {
    private final Desk desk = new Desk();

    private void drifts() {
        desk.say(verdict(CART, pod(CART, 0), State.DRIFTED));
    }

    @Test
    void aSilentCollectorHoldsUntilItIsHeardAgain() {
        desk.workload(CART, 10, 0);
        desk.settle();
        desk.silence();
        desk.pass(Duration.ofMinutes(40));
        drifts();
        desk.pass(Duration.ofSeconds(3));
        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.UNKNOWN);

        desk.settle();
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void aCollectorThatRepeatsItsSnapshotsHoldsNothing() {
        desk.workload(CART, 10, 0);
        desk.settle();
        desk.pass(Duration.ofHours(5));
        drifts();

        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void everyPartOfThePictureMustBeRecent() {
        desk.workload(CART, 10, 0);
        desk.snapshot(0, 2, true);
        desk.snapshot(1, 2, true);
        for (int i = 0; i < 4; i++) {
            desk.pass(Duration.ofMinutes(10));
            desk.snapshot(0, 2, true);
            desk.snapshot(1, 2, false);
        }
        drifts();
        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.UNKNOWN);

        desk.snapshot(1, 2, true);
        desk.pass(Duration.ofSeconds(1));
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void aSnapshotThatWaitedInABacklogIsAsOldAsItIs() {
        desk.workload(CART, 10, 1);
        desk.snapshotAt(desk.now().minus(Duration.ofHours(2)), 0, 1, true);
        desk.pass(Duration.ofSeconds(5));

        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.UNKNOWN);
    }

    @Test
    void theAgeOutlivesARestart() {
        desk.workload(CART, 10, 0);
        desk.settle();
        desk.silence();
        desk.pass(Duration.ofMinutes(40));
        desk.restart();
        drifts();

        assertThat(desk.commands()).isEmpty();
    }
}
