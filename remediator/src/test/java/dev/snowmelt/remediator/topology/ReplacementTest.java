package dev.snowmelt.remediator.topology;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static dev.snowmelt.remediator.plan.Samples.key;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static dev.snowmelt.remediator.plan.Samples.workload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A snowflake's whole life, through the topology.
class ReplacementTest {
    @Test
    void aDriftedPodIsReplacedAndProven() {
        try (var planner = new PlannerDriver()) {
            planner.say(workload(CART, 3, 3));
            planner.say(verdict(CART, pod(CART, 1), State.CONFORMANT));
            planner.say(verdict(CART, pod(CART, 2), State.CONFORMANT));
            planner.say(verdict(CART, pod(CART, 3), State.DRIFTED));
            planner.settle(TARGET);

            var commands = planner.issued();
            assertThat(commands).hasSize(1);
            Command command = commands.getFirst();
            assertThat(command.getInstance()).isEqualTo(pod(CART, 3).toString());
            assertThat(command.getRevision()).isEqualTo(1);
            planner.pass(Duration.ofSeconds(1));
            planner.answer(command, Result.TERMINATED);
            planner.say(workload(CART, 3, 2));
            planner.gone(key(CART, pod(CART, 3)));
            planner.pass(Duration.ofSeconds(2));
            assertThat(planner.remediation(key(CART, pod(CART, 3))))
                    .satisfies(remediation -> assertThat(remediation.getPhase()).isEqualTo(Phase.TERMINATED));
            planner.say(verdict(CART, pod(CART, 4), State.CONFORMANT)
                    .setReady(false)
                    .setCreated(Times.timestamp(planner.now())));
            planner.say(verdict(CART, pod(CART, 4), State.CONFORMANT).setCreated(Times.timestamp(planner.now())));
            planner.say(workload(CART, 3, 3));

            assertThat(planner.remediation(key(CART, pod(CART, 3)))).satisfies(remediation -> {
                assertThat(remediation.getPhase()).isEqualTo(Phase.REPLACED);
                assertThat(remediation.getReplacement()).isEqualTo(pod(CART, 4).toString());
            });
            assertThat(planner.issued()).isEmpty();
        }
    }
}
