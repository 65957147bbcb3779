package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.gone;
import static dev.snowmelt.detector.topology.Sample.image;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static dev.snowmelt.detector.topology.Sample.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.fingerprint.judge.Undeclared;
import dev.snowmelt.v1.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What is told again after a restart, and what is not.
class RestartTest {
    private static final String POD = Rig.key(CART, pod(CART, 1));

    @Test
    void tellsReplayedObservationsAgainWhateverTheStoreSays() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'))
                    .watch(CART, observed(pod(CART, 1), 'a'))
                    .watch(CART, observed(pod(CART, 2), 'b'))
                    .watch(CART, observed(pod(CART, 3), 'a'))
                    .watch(CART, gone(pod(CART, 3)))
                    .forget();

            rig.restart(0, 1);

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(rig.verdict(CART, 2).getState()).isEqualTo(Verdict.State.DRIFTED);
            assertThat(rig.tombstone(Rig.key(CART, pod(CART, 3)))).isTrue();
            assertThat(rig.records("hit")).isZero();
        }
    }

    @Test
    void whatLayInTheTopicIsFoundLateAndOnItsWay() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));
            rig.whileStopped(() -> rig.onWay("00-way")
                    .watch(CART, observed(pod(CART, 1), 'b'))
                    .onWay(null)
                    .pass(Duration.ofMinutes(7)));

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
            assertThat(rig.way(POD)).isEqualTo("00-way");
            assertThat(rig.detected()).isEqualTo(1);
            assertThat(rig.longestDetection()).isGreaterThanOrEqualTo(Duration.ofMinutes(7));
        }
    }

    @Test
    void whatWasFoundBeforeIsNotCountedAgain() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'))
                    .onWay("00-way")
                    .watch(CART, observed(pod(CART, 1), 'b'))
                    .onWay(null);
            assertThat(rig.detected()).isEqualTo(1);

            rig.forget().restart(0, 1);

            assertThat(rig.wrote(POD)).isTrue();
            assertThat(rig.way(POD)).isEqualTo("00-way");
            assertThat(rig.detected()).isZero();
        }
    }

    @Test
    void tellsReplayedDeclarationsAgain() {
        try (var rig = new Rig()) {
            rig.watch(CART, observed(pod(CART, 1), 'a'))
                    .declare(declaration(CART, 'b'))
                    .forget();

            rig.restart(1, 0);

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
            assertThat(rig.verdict(CART).getRevision()).isEqualTo(1);
        }
    }

    @Test
    void tellsWhatAReplayedTemplateLedTo() {
        try (var rig = new Rig(DetectorSettings.DEFAULT.with(Undeclared.TRUST_TEMPLATE), 1)) {
            rig.watch(CART, observed(pod(CART, 1), 'a'))
                    .watch(CART, status(CART, 1, 1, image('b')))
                    .watch(CART, status(CART, 1, 1, image('a')));
            var last = rig.verdict(CART, 1);
            rig.forget();

            rig.restart(2, 0);

            assertThat(rig.wrote(POD)).isTrue();
            assertThat(rig.verdict(CART, 1)).isEqualTo(last);
        }
    }

    @Test
    void doesNotGoBackInTimeWhereTheStoreIsAhead() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'))
                    .watch(CART, observed(pod(CART, 1), 'b'))
                    .pass(Duration.ofMinutes(1))
                    .watch(CART, observed(pod(CART, 1), 'a'));
            var last = rig.verdict(CART, 1);
            rig.forget();

            rig.restart(0, 1);

            assertThat(rig.verdict(CART, 1)).isEqualTo(last);
            assertThat(rig.ran()).isNotEmpty().allSatisfy(ran -> {
                assertThat(ran.getImages(0).getImageId()).isEqualTo(image('a'));
                assertThat(ran.hasTo()).isFalse();
            });
        }
    }

    @Test
    void keepsSinceOverARestart() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'b'));
            var first = rig.verdict(CART, 1);

            rig.restart().pass(Duration.ofMinutes(1)).list(CART, observed(pod(CART, 1), 'b'), 5);

            assertThat(rig.verdict(CART, 1).getSince()).isEqualTo(first.getSince());
        }
    }

    @Test
    void tellsNothingOfAnUnchangedConformantInstanceThatIsSeenAnew() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).watch(CART, observed(pod(CART, 1), 'a'));
            rig.restart().forget();

            rig.watch(CART, observed(pod(CART, 1), 'a')).watch(CART, observed(pod(CART, 1), 'a'));

            assertThat(rig.wrote(POD)).isFalse();
            assertThat(rig.records("hit")).isEqualTo(1);
        }
    }

    @Test
    void keepsTheEpochOverARestart() {
        try (var rig = new Rig()) {
            rig.epoch(5).watch(CART, observed(pod(CART, 1), 'a')).restart().forget();

            rig.epoch(4).watch(CART, observed(pod(CART, 1), 'b'));

            assertThat(rig.keys()).isEmpty();
        }
    }

    @Test
    void tellsEveryWorkloadOnceAfterARestart() {
        try (var rig = new Rig()) {
            for (int i = 0; i < 45; i++) {
                String workload = Sample.workload("w" + i);
                rig.watch(workload, observed(pod(workload, 1), 'a'));
            }
            rig.settle().restart().forget();

            rig.settle().settle().settle();

            assertThat(rig.keys()).hasSize(45).allMatch(key -> key.endsWith("|"));
        }
    }

    @Test
    void knowsATombstoneOverARestart() {
        try (var rig = new Rig()) {
            rig.watch(CART, observed(pod(CART, 1), 'a')).list(null, Sample.begin(TARGET), 5);
            rig.watch(CART, gone(pod(CART, 1)), 200).restart().forget();

            rig.list(CART, observed(pod(CART, 1), 'a'), 5, 150);

            assertThat(rig.wrote(POD)).isFalse();
        }
    }
}
