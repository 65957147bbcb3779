package dev.snowmelt.remediator.plan;

import static dev.snowmelt.remediator.plan.Samples.CART;
import static dev.snowmelt.remediator.plan.Samples.TARGET;
import static dev.snowmelt.remediator.plan.Samples.enforce;
import static dev.snowmelt.remediator.plan.Samples.pod;
import static dev.snowmelt.remediator.plan.Samples.verdict;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.ImageFacet.Protection;
import dev.snowmelt.v1.Outcome.Result;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.RemediationPolicy.Protected;
import dev.snowmelt.v1.Verdict.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// S3: what nobody would recreate is reported, not terminated.
class S3NothingNobodyWouldRecreateIsTerminatedTest {
    private final Desk desk = new Desk();

    @ParameterizedTest
    @ValueSource(strings = {"standalone", "StatefulSet", "Rollout", "Job", "Node"})
    void kindsThatAreNotNamedAreHeld(String kind) {
        var workload = new WorkloadId(TARGET, "shop", kind, "thing");
        desk.workload(workload, 3, 1);
        desk.settle();

        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(workload, 0)).isEqualTo(Reason.NOBODY_RECREATES);
    }

    @ParameterizedTest
    @EnumSource(
            value = Protection.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"PROTECTION_UNSPECIFIED", "UNRECOGNIZED"})
    void protectedInstancesAreHeld(Protection protection) {
        desk.workload(CART, 3, 0);
        desk.say(verdict(CART, pod(CART, 0), State.DRIFTED).addProtections(protection));
        desk.settle();

        assertThat(desk.commands()).isEmpty();
        assertThat(desk.held(CART, 0)).isEqualTo(Reason.NOBODY_RECREATES);
    }

    @Test
    void aStatefulSetThatIsNamedIsReplacedLikeAnyOther() {
        var workload = new WorkloadId(TARGET, "shop", WorkloadId.STATEFUL_SET, "db");
        desk.workload(
                workload,
                3,
                State.DRIFTED,
                1,
                verdict -> verdict.setPolicy(enforce().addAlsoTerminate(Protected.STATEFUL)));
        desk.settle();

        assertThat(desk.commands()).hasSize(1);
    }

    @Test
    void aStandaloneThatIsNamedEndsRetiredBecauseNothingComesAfterIt() {
        var workload = new WorkloadId(TARGET, "shop", WorkloadId.STANDALONE, "tool");
        desk.workload(
                workload,
                1,
                State.DRIFTED,
                1,
                verdict -> verdict.clearStatus().setPolicy(enforce().addAlsoTerminate(Protected.STANDALONE)));
        desk.settle();
        var command = desk.commands().getFirst();
        desk.answer(command, Result.TERMINATED);
        desk.gone(workload, pod(workload, 0));

        assertThat(desk.remediation(workload, 0).getPhase()).isEqualTo(Phase.RETIRED);
    }
}
