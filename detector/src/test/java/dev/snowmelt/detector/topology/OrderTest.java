package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.baked;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.gone;
import static dev.snowmelt.detector.topology.Sample.image;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static dev.snowmelt.detector.topology.Sample.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.fingerprint.judge.Undeclared;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Records that come in another order than things happened, and what agents may and may not say.
class OrderTest {

    @Test
    void ignoresAPageOfAListThatIsOlderThanTheWatch() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'b'), 200);

            rig.list(CART, observed(pod(CART, 1), 'a'), 5, 150);

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }

    @Test
    void ignoresAWatchThatIsOlderThanTheList() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).list(CART, observed(pod(CART, 1), 'b'), 5, 200);

            rig.watch(CART, observed(pod(CART, 1), 'a'), 150);

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }

    @Test
    void followsTheLogOtherwise() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'b'), 200);

            rig.list(CART, observed(pod(CART, 1), 'a'), 5, 0);
            var unknownVersion = rig.verdict(CART, 1).getState();
            rig.watch(CART, observed(pod(CART, 1), 'b'), 300);
            rig.epoch(2).list(CART, observed(pod(CART, 1), 'a'), 6, 100);

            assertThat(unknownVersion).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.CONFORMANT);
        }
    }

    @Test
    void ordersWorkloadStatusesTheSameWay() {
        try (var rig = new Rig()) {
            rig.watch(CART, status(CART, 3, 3, image('a')), 200).list(CART, status(CART, 3, 1, image('a')), 5, 150);
            int afterStaleList = rig.verdict(CART).getStatus().getReady();

            rig.watch(CART, Sample.workloadGone(CART), 250).list(CART, status(CART, 3, 3, image('a')), 5, 200);

            assertThat(afterStaleList).isEqualTo(3);
            assertThat(rig.tombstone(CART + "|")).isTrue();
        }
    }

    @Test
    void letsAnAgentAddContentButNeitherCreateNorRevive() {
        try (var rig = new Rig()) {
            rig.declare(baked(CART, 'a')).agent(CART, Sample.content(pod(CART, 1), "app", "root", "file:/etc/x"));
            boolean createdByAgent = rig.wrote(Rig.key(CART, pod(CART, 1)));

            rig.watch(CART, observed(pod(CART, 1), 'a'));
            var changedInside = rig.verdict(CART, 1);
            rig.watch(CART, gone(pod(CART, 1)));
            rig.forget().agent(CART, Sample.content(pod(CART, 1), "app", "root", "file:/etc/x"));

            assertThat(createdByAgent).isFalse();
            assertThat(changedInside.getState()).isEqualTo(Verdict.State.DRIFTED);
            assertThat(changedInside.getDrifts(0).getKind()).isEqualTo(Drift.Kind.CONTENT_CHANGED);
            assertThat(rig.keys()).isEmpty();
        }
    }

    @Test
    void anAgentThatRepeatsWhatACollectorSawMarksNothing() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'))
                    .watch(CART, observed(pod(CART, 1), 'a'))
                    .watch(CART, observed(pod(CART, 2), 'a'));

            rig.list(null, Sample.begin(Sample.TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .list(CART, observed(pod(CART, 2), 'a'), 5)
                    .agent(CART, observed(pod(CART, 1), 'a'))
                    .list(null, Sample.end(Sample.TARGET, 2, 2, true), 5);

            assertThat(rig.deadLetters()).hasSize(1);
            assertThat(rig.settled(Sample.TARGET).getComplete()).isTrue();
            assertThat(rig.tombstone(Rig.key(CART, pod(CART, 1)))).isFalse();
        }
    }

    @Test
    void anOlderListOfWhatTheIndexHoldsShowsItAllTheSame() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'), 200);

            rig.list(null, Sample.begin(Sample.TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'b'), 5, 150)
                    .list(CART, observed(pod(CART, 2), 'a'), 5, 160)
                    .list(null, Sample.end(Sample.TARGET, 2, 2, true), 5);

            assertThat(rig.settled(Sample.TARGET).getComplete()).isTrue();
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.CONFORMANT);
        }
    }

    @Test
    void believesContentOnlyForAWhile() {
        try (var rig = new Rig()) {
            rig.declare(baked(CART, 'a'))
                    .watch(CART, observed(pod(CART, 1), 'a'))
                    .agent(CART, Sample.content(pod(CART, 1), "app", "root", "file:/etc/x"));
            var changedInside = rig.verdict(CART, 1).getState();

            rig.pass(Duration.ofHours(23)).list(CART, observed(pod(CART, 1), 'a'), 5);
            var aDayLater = rig.verdict(CART, 1).getState();
            rig.pass(Duration.ofHours(2)).list(CART, observed(pod(CART, 1), 'a'), 6);

            assertThat(changedInside).isEqualTo(Verdict.State.DRIFTED);
            assertThat(aDayLater).isEqualTo(Verdict.State.DRIFTED);
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.UNVERIFIED);
            assertThat(rig.verdict(CART, 1).getDrifts(0).getKind()).isEqualTo(Drift.Kind.CONTENT_UNRESOLVED);
        }
    }

    @Test
    void whatIsConformantByContentStaysSoOnlyWhileItIsBelieved() {
        try (var rig = new Rig()) {
            rig.declare(baked(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));
            var nobodyLooked = rig.verdict(CART, 1).getState();
            rig.agent(CART, Sample.content(pod(CART, 1), "app", "root"));
            var looked = rig.verdict(CART, 1).getState();

            rig.pass(Duration.ofHours(20))
                    .agent(CART, Sample.content(pod(CART, 1), "app", "root"))
                    .list(CART, observed(pod(CART, 1), 'a'), 5);
            rig.pass(Duration.ofHours(20)).list(CART, observed(pod(CART, 1), 'a'), 6);
            var lookedAgain = rig.verdict(CART, 1).getState();
            rig.pass(Duration.ofHours(6)).list(CART, observed(pod(CART, 1), 'a'), 7);

            assertThat(nobodyLooked).isEqualTo(Verdict.State.UNVERIFIED);
            assertThat(looked).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(lookedAgain).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.UNVERIFIED);
            assertThat(rig.indexed()).isZero();
        }
    }

    @Test
    void whatIsConformantByContentIsSeenInEverySnapshot() {
        try (var rig = new Rig()) {
            rig.declare(baked(CART, 'a'))
                    .watch(CART, observed(pod(CART, 1), 'a'))
                    .agent(CART, Sample.content(pod(CART, 1), "app", "root"));
            for (int snapshot = 5; snapshot < 8; snapshot++) {
                rig.restart()
                        .list(null, Sample.begin(Sample.TARGET), snapshot)
                        .list(CART, observed(pod(CART, 1), 'a'), snapshot)
                        .list(null, Sample.end(Sample.TARGET, 1, 1, true), snapshot);
            }

            assertThat(rig.settled(Sample.TARGET).getComplete()).isTrue();
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.CONFORMANT);
        }
    }

    @Test
    void settlesUnchangedContentByTheIndexAndKeepsItFresh() {
        try (var rig = new Rig()) {
            rig.declare(baked(CART, 'a'))
                    .watch(CART, observed(pod(CART, 1), 'a'))
                    .agent(CART, Sample.content(pod(CART, 1), "app", "root"))
                    .pass(Duration.ofHours(20));
            rig.agent(CART, Sample.content(pod(CART, 1), "app", "root")).forget();
            double hits = rig.records("hit");

            rig.pass(Duration.ofHours(20)).declare(baked(CART, 'b', 'a'));
            var outdated = rig.verdict(CART, 1).getState();

            assertThat(hits).isEqualTo(1);
            assertThat(outdated).isEqualTo(Verdict.State.OUTDATED);
            assertThat(rig.indexed()).isZero();
        }
    }

    @Test
    void tellsTheLastTouch() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));

            rig.agent(CART, Sample.touched(pod(CART, 1), 5_000)).agent(CART, Sample.touched(pod(CART, 1), 4_000));

            assertThat(rig.verdict(CART, 1).getTouchedAt().getSeconds()).isEqualTo(5);
        }
    }

    @Test
    void trustsTheTemplateWhereNothingIsDeclaredAndToldTo() {
        try (var rig = new Rig(DetectorSettings.DEFAULT.with(Undeclared.TRUST_TEMPLATE), 1)) {
            var pinned = Sample.facet('a').toBuilder();
            pinned.getContainersBuilder(0).setImage(image('a'));
            rig.watch(CART, observed(pod(CART, 1), pinned.build()));
            var withoutTemplate = rig.verdict(CART, 1).getState();

            rig.watch(CART, status(CART, 1, 1, image('a')));
            var asTheTemplate = rig.verdict(CART, 1).getState();
            rig.watch(CART, status(CART, 1, 1, image('b')));

            assertThat(withoutTemplate).isEqualTo(Verdict.State.UNDECLARED);
            assertThat(asTheTemplate).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }
}
