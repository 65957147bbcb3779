package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.image;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static dev.snowmelt.detector.topology.Sample.status;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// One record after another: what is told, and what is not worth telling.
class JudgingTest {
    private static final String POD = Rig.key(CART, pod(CART, 1));

    @Test
    void tellsWhatAnInstanceIs() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'));

            rig.watch(CART, observed(pod(CART, 1), 'a')).watch(CART, observed(pod(CART, 2), 'b'));

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(rig.verdict(CART, 1).getReady()).isTrue();
            assertThat(rig.verdict(CART, 1).getRevision()).isEqualTo(1);
            assertThat(rig.verdict(CART, 2).getState()).isEqualTo(Verdict.State.DRIFTED);
            assertThat(rig.verdict(CART, 2).getDrifts(0).getKind()).isEqualTo(Drift.Kind.IMAGE_MISMATCH);
        }
    }

    @Test
    void settlesAnUnchangedConformantInstanceByTheIndexAlone() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));
            rig.forget();

            rig.watch(CART, observed(pod(CART, 1), 'a')).watch(CART, observed(pod(CART, 1), 'a'));

            assertThat(rig.keys()).isEmpty();
            assertThat(rig.records("hit")).isEqualTo(2);
            assertThat(rig.indexed()).isEqualTo(1);
        }
    }

    @Test
    void looksAtAnUnchangedDriftedInstanceEveryTimeButTellsItOnceASnapshot() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'b'));
            rig.forget();

            rig.watch(CART, observed(pod(CART, 1), 'b'));
            boolean afterWatch = rig.wrote(POD);
            rig.list(CART, observed(pod(CART, 1), 'b'), 7);
            boolean afterList = rig.wrote(POD);
            rig.forget();
            rig.list(CART, observed(pod(CART, 1), 'b'), 7);

            assertThat(afterWatch).isFalse();
            assertThat(afterList).isTrue();
            assertThat(rig.wrote(POD)).isFalse();
            assertThat(rig.records("hit")).isZero();
        }
    }

    @Test
    void keepsSinceWhileTheFindingStaysAndBeginsAnewWhenItChanges() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'b'));
            var first = rig.verdict(CART, 1);

            rig.pass(Duration.ofMinutes(1)).list(CART, observed(pod(CART, 1), 'b'), 7);
            var repeated = rig.verdict(CART, 1);
            rig.pass(Duration.ofMinutes(1)).watch(CART, observed(pod(CART, 1), 'c'));
            var other = rig.verdict(CART, 1);

            assertThat(repeated.getId()).isEqualTo(first.getId());
            assertThat(repeated.getSince()).isEqualTo(first.getSince());
            assertThat(Timestamps.compare(repeated.getObservedAt(), first.getObservedAt()))
                    .isPositive();
            assertThat(other.getId()).isNotEqualTo(first.getId());
            assertThat(Timestamps.compare(other.getSince(), first.getSince())).isPositive();
        }
    }

    @Test
    void tellsWhenReadinessChanges() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));
            var unready = Sample.facet('a').toBuilder().setReady(false).build();

            rig.watch(CART, observed(pod(CART, 1), unready));

            assertThat(rig.verdict(CART, 1).getReady()).isFalse();
            assertThat(rig.indexed()).isEqualTo(1);
        }
    }

    @Test
    void judgesAllInstancesAgainWhenTheDeclarationChanges() {
        try (var rig = new Rig()) {
            rig.watch(CART, observed(pod(CART, 1), 'a')).watch(CART, observed(pod(CART, 2), 'b'));
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.UNDECLARED);

            rig.declare(declaration(CART, 'a'));
            var declaredA = rig.verdict(CART, 1).getState();
            var driftedB = rig.verdict(CART, 2).getState();
            rig.declare(declaration(CART, 'b', 'a'));
            var outdatedA = rig.verdict(CART, 1);
            var declaredB = rig.verdict(CART, 2);
            rig.undeclare(CART);

            assertThat(declaredA).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(driftedB).isEqualTo(Verdict.State.DRIFTED);
            assertThat(outdatedA.getState()).isEqualTo(Verdict.State.OUTDATED);
            assertThat(outdatedA.getMatchedRevision()).isEqualTo(1);
            assertThat(declaredB.getState()).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.UNDECLARED);
            assertThat(rig.indexed()).isZero();
        }
    }

    @Test
    void leavesNothingInTheIndexThatADeclarationMadeOutdated() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));
            rig.declare(declaration(CART, 'b', 'a'));
            rig.forget();

            rig.list(CART, observed(pod(CART, 1), 'a'), 9);

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.OUTDATED);
        }
    }

    @Test
    void becomesConformantWhenTheRolloutReachesIt() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'b', 'a')).watch(CART, observed(pod(CART, 1), 'a'));
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.OUTDATED);

            rig.watch(CART, observed(pod(CART, 1), 'b'));

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(rig.verdict(CART, 1).getMatchedRevision()).isZero();
        }
    }

    @Test
    void tellsAWorkloadWithItsPolicyStatusAndTemplate() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, status(CART, 3, 2, image('a')));
            var matching = rig.verdict(CART);

            rig.pass(Duration.ofMinutes(1)).watch(CART, status(CART, 3, 3, image('b')));

            assertThat(matching.getTemplateState()).isEqualTo(TemplateState.MATCHING);
            assertThat(matching.getPolicy().getMode()).isEqualTo(RemediationPolicy.Mode.ENFORCE);
            assertThat(matching.getStatus().getReady()).isEqualTo(2);
            assertThat(matching.getDeclaredCount()).isEqualTo(1);
            assertThat(rig.verdict(CART).getTemplateState()).isEqualTo(TemplateState.MISMATCHED);
            assertThat(rig.verdict(CART).getDrifts(0).getKind()).isEqualTo(Drift.Kind.TEMPLATE_MISMATCH);
            assertThat(Timestamps.compare(rig.verdict(CART).getTemplateSince(), matching.getTemplateSince()))
                    .isPositive();
        }
    }

    @Test
    void tellsACohortThatSplit() {
        try (var rig = new Rig()) {
            rig.watch(CART, observed(pod(CART, 1), 'a'))
                    .watch(CART, observed(pod(CART, 2), 'a'))
                    .settle();
            var whole = rig.verdict(CART);

            rig.watch(CART, observed(pod(CART, 3), 'b')).settle();
            var split = rig.verdict(CART);
            rig.watch(CART, Sample.gone(pod(CART, 3))).settle();

            assertThat(whole.getDriftsList()).isEmpty();
            assertThat(whole.getCohorts(0).getInstances()).isEqualTo(2);
            assertThat(split.getDrifts(0).getKind()).isEqualTo(Drift.Kind.COHORT_SPLIT);
            assertThat(split.getCohortsCount()).isEqualTo(2);
            assertThat(rig.verdict(CART).getDriftsList()).isEmpty();
        }
    }

    @Test
    void forgetsAWorkloadThatIsGoneAndNotDeclared() {
        try (var rig = new Rig()) {
            rig.watch(CART, status(CART, 1, 1, image('a')));

            rig.watch(CART, Sample.workloadGone(CART));

            assertThat(rig.tombstone(CART + "|")).isTrue();
        }
    }
}
