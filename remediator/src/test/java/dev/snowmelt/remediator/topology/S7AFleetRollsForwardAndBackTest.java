package dev.snowmelt.remediator.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Command.Action;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import dev.snowmelt.v1.RestoreTemplate;
import dev.snowmelt.v1.Verdict.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A fleet whose controller replaces nothing when its template changes: its template is put right
/// first, then its instances are replaced within the budget, the first of them alone, and never is
/// anything taken for a snowflake.
class S7AFleetRollsForwardAndBackTest {
    private static final TargetId TARGET = TargetId.parse("aws:123456789012:eu-west-1");
    private static final String V1 = "ami-01";
    private static final String V2 = "ami-02";
    private static final int SIZE = 20;
    private static final int BUDGET = 4;

    private final PlannerDriver planner = new PlannerDriver();
    private final List<Command> commands = new ArrayList<>();
    private List<Command> underWay = List.of();
    private SimulatedGroup web;
    private SimulatedGroup rest;

    @BeforeEach
    void twoGroups() {
        var policy = RemediationPolicy.newBuilder()
                .setMode(Mode.ENFORCE)
                .setGracePeriod(Times.protobuf(Duration.ZERO))
                .setMaxUnavailable(Integer.toString(BUDGET))
                .setRestoreTemplate(RestoreTemplate.newBuilder()
                        .setEnabled(true)
                        .setGracePeriod(Times.protobuf(Duration.ofSeconds(10))))
                .build();
        web = group("web", SIZE, Duration.ofMinutes(3), policy);
        // So large that 20 are no reason to ask a person.
        rest = group("rest", 60, Duration.ZERO, policy);
        planner.settle(TARGET);
    }

    private SimulatedGroup group(String name, int size, Duration drain, RemediationPolicy policy) {
        return new SimulatedGroup(planner, new WorkloadId(TARGET, "", WorkloadId.ASG, name), size, V1, drain, policy);
    }

    @AfterEach
    void close() {
        planner.close();
    }

    @Test
    void forwardAndBack() {
        roll(V2);
        assertThat(web.replaced()).isEqualTo(SIZE);
        roll(V1);

        assertThat(web.replaced()).isEqualTo(2 * SIZE);
        assertThat(web.leastAvailable()).isEqualTo(SIZE - BUDGET);
        assertThat(rest.replaced()).isZero();
        assertThat(gauge("snowmelt.planner.suspended.workloads")).isZero();
        assertThat(commands.stream().filter(command -> command.getAction() == Action.RESTORE_TEMPLATE))
                .hasSize(2);
    }

    @Test
    void backBeforeItIsThrough() {
        web.declare(V2);
        until(() -> web.replaced() >= 9);
        assertThat(web.states()).containsKeys(State.OUTDATED, State.CONFORMANT);
        roll(V1);

        assertThat(web.leastAvailable()).isEqualTo(SIZE - BUDGET);
        assertThat(web.replaced()).as("what never left version 1 stays").isBetween(18, 30);
        assertThat(gauge("snowmelt.planner.suspended.workloads")).isZero();
    }

    private void roll(String ami) {
        int before = commands.size();
        web.declare(ami);
        until(() -> web.states().equals(Map.of(State.CONFORMANT, SIZE)) && web.size() == SIZE);

        List<Command> ours = commands.subList(before, commands.size());
        assertThat(ours.getFirst().getAction()).as("the template first").isEqualTo(Action.RESTORE_TEMPLATE);
        assertThat(ours.stream().filter(command -> command.getAction() == Action.RESTORE_TEMPLATE))
                .hasSize(1);
        Command canary = ours.get(1);
        Command next = ours.get(2);
        assertThat(Duration.between(Times.instant(canary.getIssuedAt()), Times.instant(next.getIssuedAt())))
                .as("the first is proven only when it is gone, after its lifecycle hook")
                .isGreaterThanOrEqualTo(Duration.ofMinutes(3));
    }

    /// An hour at most, second by second.
    private void until(java.util.function.BooleanSupplier done) {
        for (int second = 0; second < 3_600; second++) {
            if (done.getAsBoolean()) {
                return;
            }
            planner.pass(Duration.ofSeconds(1));
            if (second % 600 == 599) {
                web.repeat();
                planner.settle(TARGET);
            }
            web.work();
            // A second from the planner to the group.
            underWay.forEach(web::carryOut);
            underWay = planner.issued();
            commands.addAll(underWay);
            assertThat(underWay)
                    .allSatisfy(command -> assertThat(command.getWorkload()).isEqualTo(web.id.toString()));
            assertThat(web.states()).doesNotContainKey(State.DRIFTED);
            assertThat(gauge("snowmelt.planner.instances", "verdict", "drifted"))
                    .isZero();
            assertThat(gauge("snowmelt.planner.breaker.open")).isZero();
        }
        throw new AssertionError("not done: " + web.states() + ", " + web.replaced() + " replaced, " + commands.size()
                + " commands, last "
                + planner.remediations.readKeyValuesToList().stream()
                        .map(record -> record.value == null
                                ? ""
                                : record.value.getPhase() + " "
                                        + record.value.getHold().getDetail())
                        .distinct()
                        .toList());
    }

    private double gauge(String name, String... tags) {
        return planner.meters.get(name).tags(tags).gauge().value();
    }
}
