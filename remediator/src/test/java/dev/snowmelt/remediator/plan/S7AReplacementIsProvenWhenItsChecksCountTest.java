package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/// S7, where a controller shows new instances as ready before it has checked them: an Auto Scaling
/// group with a load balancer's health checks and a grace period.
class S7AReplacementIsProvenWhenItsChecksCountTest {
    private final Desk desk = new Desk();

    private Instant terminated() {
        desk.workload(
                CART,
                20,
                State.DRIFTED,
                2,
                verdict -> verdict.getStatusBuilder().setMinReadySeconds(360));
        desk.settle();
        desk.answer(desk.commands().getFirst(), Result.TERMINATED);
        desk.gone(CART, pod(CART, 0));
        return desk.now();
    }

    private void passUntil(Instant time) {
        desk.pass(Duration.between(desk.now(), time));
    }

    private Phase phase() {
        return desk.remediation(CART, 0).getPhase();
    }

    private Verdict.Builder replacement(Instant created, boolean ready) {
        return Samples.verdict(CART, pod(CART, 50), State.CONFORMANT)
                .setCreated(Times.timestamp(created))
                .setReady(ready);
    }

    @Test
    void oneThatIsReadySinceLittleProvesNothing() {
        terminated();
        desk.pass(Duration.ofSeconds(1));
        desk.arrives(CART, pod(CART, 50), State.CONFORMANT);
        desk.pass(Duration.ofSeconds(359));
        assertThat(phase()).isEqualTo(Phase.TERMINATED);
        assertThat(desk.commands()).isEmpty();
        desk.pass(Duration.ofSeconds(1));

        assertThat(phase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void oneThatWasNotReadyMeanwhileBeginsAnew() {
        terminated();
        desk.pass(Duration.ofSeconds(1));
        Instant created = desk.now();
        desk.say(replacement(created, true));
        desk.pass(Duration.ofMinutes(5));
        desk.say(replacement(created, false));
        desk.pass(Duration.ofSeconds(30));
        desk.say(replacement(created, true));
        desk.pass(Duration.ofSeconds(200));
        desk.sayAgain(replacement(created, true));
        desk.pass(Duration.ofSeconds(159));
        assertThat(phase()).isEqualTo(Phase.TERMINATED);
        desk.pass(Duration.ofSeconds(1));

        assertThat(phase()).isEqualTo(Phase.REPLACED);
    }

    @Test
    void whatIsKnownOfThatOutlivesARestart() {
        terminated();
        desk.pass(Duration.ofSeconds(1));
        desk.arrives(CART, pod(CART, 50), State.CONFORMANT);
        Instant ready = desk.now();
        desk.pass(Duration.ofSeconds(200));
        desk.restart();
        passUntil(ready.plusSeconds(360));

        assertThat(phase()).isEqualTo(Phase.REPLACED);
    }

    @Test
    void oneThatComesInTimeIsNotOverdueWhileItsChecksDoNotCount() {
        Instant terminated = terminated();
        passUntil(terminated.plusSeconds(500));
        desk.arrives(CART, pod(CART, 50), State.CONFORMANT);
        passUntil(terminated.plusSeconds(700));
        desk.settle();
        assertThat(phase()).isEqualTo(Phase.TERMINATED);
        assertThat(desk.remediation(CART, 0).getDetail()).isEmpty();
        passUntil(terminated.plusSeconds(860));

        assertThat(phase()).isEqualTo(Phase.REPLACED);
        assertThat(desk.figures().suspendedWorkloads()).isZero();
    }

    @Test
    void oneThatDoesNotComeIsOverdueAfterBoth() {
        Instant terminated = terminated();
        passUntil(terminated.plusSeconds(950));
        desk.settle();
        assertThat(phase()).isEqualTo(Phase.TERMINATED);
        passUntil(terminated.plusSeconds(961));
        desk.settle();

        assertThat(phase()).isEqualTo(Phase.STUCK);
        assertThat(desk.remediation(CART, 0).getDetail()).isEqualTo("no replacement was proven within 960 s");
    }
}
