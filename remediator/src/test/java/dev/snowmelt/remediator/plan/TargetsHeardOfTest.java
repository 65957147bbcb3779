package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.START;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Override.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Since when a target is waited for, and which are not.
class TargetsHeardOfTest {
    private final Desk desk = new Desk();

    @Test
    void whatWasNeverSeenAgesOverARestart() {
        desk.say(Samples.workload(CART, 0, 0));
        desk.pass(Duration.ofMinutes(20));
        desk.restart();

        assertThat(desk.figures().targets()).singleElement().satisfies(figures -> {
            assertThat(figures.seen()).isFalse();
            assertThat(figures.lastComplete()).isEqualTo(START);
        });
    }

    @Test
    void aPauseAloneMakesNoTarget() {
        desk.override(Kind.PAUSE, TARGET.toString());
        assertThat(desk.figures().targets()).isEmpty();
        desk.restart();

        assertThat(desk.figures().targets()).isEmpty();
    }

    @Test
    void aDeclarationThatWasTakenBackLeavesNoTargetBehind() {
        desk.say(Samples.workload(CART, 0, 0));
        assertThat(desk.figures().targets()).hasSize(1);
        desk.gone(CART);
        assertThat(desk.figures().targets()).isEmpty();
        desk.restart();

        assertThat(desk.figures().targets()).isEmpty();
    }

    @Test
    void aTargetThatWasSeenWholeStaysWhenItIsEmptied() {
        desk.say(Samples.workload(CART, 0, 0));
        desk.settle();
        desk.gone(CART);
        desk.restart();

        assertThat(desk.figures().targets()).hasSize(1);
    }
}
