package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.WEB;
import static dev.snowmelt.detector.topology.Sample.begin;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.end;
import static dev.snowmelt.detector.topology.Sample.gone;
import static dev.snowmelt.detector.topology.Sample.image;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static dev.snowmelt.detector.topology.Sample.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What a snapshot of a target says about what it does not show.
class SnapshotTest {
    private static final String FIRST = Rig.key(CART, pod(CART, 1));
    private static final String SECOND = Rig.key(CART, pod(CART, 2));

    private static Rig rig() {
        var rig = new Rig();
        rig.declare(declaration(CART, 'a'));
        return rig.watch(CART, observed(pod(CART, 1), 'a')).watch(CART, observed(pod(CART, 2), 'b'));
    }

    @Test
    void removesWhatACompleteSnapshotDoesNotShow() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5).list(CART, observed(pod(CART, 1), 'a'), 5);
            boolean before = rig.tombstone(SECOND);
            rig.list(null, end(TARGET, 1, 1, true), 5);

            assertThat(before).isFalse();
            assertThat(rig.tombstone(SECOND)).isTrue();
            assertThat(rig.tombstone(FIRST)).isFalse();
            assertThat(rig.settled(TARGET).getComplete()).isTrue();
            assertThat(rig.settled(TARGET).getSnapshot()).isEqualTo(5);
            assertThat(rig.settled(TARGET).getPartitions()).isEqualTo(1);
        }
    }

    @Test
    void removesConformantAndDriftedInstancesAlike() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 3), 'a'), 5)
                    .list(null, end(TARGET, 1, 1, true), 5);

            assertThat(rig.tombstone(FIRST)).isTrue();
            assertThat(rig.tombstone(SECOND)).isTrue();
            assertThat(rig.indexed()).isEqualTo(1);
        }
    }

    @Test
    void keepsWhatTheWatchShowedWhileTheListWasRead() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .watch(CART, observed(pod(CART, 9), 'a'))
                    .watch(CART, observed(pod(CART, 2), 'b'))
                    .list(null, end(TARGET, 1, 1, true), 5);

            assertThat(rig.settled(TARGET).getComplete()).isTrue();
            assertThat(rig.tombstone(SECOND)).isFalse();
            assertThat(rig.verdict(CART, 9).getState()).isEqualTo(Verdict.State.CONFORMANT);
        }
    }

    @Test
    void concludesNothingWhenTheCountsDisagree() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .list(null, end(TARGET, 2, 2, true), 5);

            assertThat(rig.settled(TARGET).getComplete()).isFalse();
            assertThat(rig.settled(TARGET).getProblem()).contains("2 records").contains("1 were usable");
            assertThat(rig.tombstone(SECOND)).isFalse();
        }
    }

    @Test
    void doesNotCountARecordThatItCouldNotUse() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .list(CART, observed("no instance", 'a'), 5)
                    .list(null, end(TARGET, 2, 2, true), 5);

            assertThat(rig.settled(TARGET).getComplete()).isFalse();
            assertThat(rig.tombstone(SECOND)).isFalse();
            assertThat(rig.deadLetters()).hasSize(1);
        }
    }

    @Test
    void concludesNothingFromASnapshotWhoseBeginItDidNotSee() {
        try (var rig = rig()) {
            rig.list(CART, observed(pod(CART, 1), 'a'), 5).list(null, end(TARGET, 1, 1, true), 5);

            assertThat(rig.settled(TARGET).getComplete()).isFalse();
            assertThat(rig.settled(TARGET).getProblem()).contains("BEGIN");
            assertThat(rig.tombstone(SECOND)).isFalse();
        }
    }

    @Test
    void settlesAnEmptyPartition() {
        try (var rig = new Rig()) {
            rig.list(null, begin(TARGET), 5).list(null, end(TARGET, 0, 17, true), 5);

            assertThat(rig.settled(TARGET).getComplete()).isTrue();
            assertThat(rig.settled(TARGET).getInstances()).isEqualTo(17);
        }
    }

    @Test
    void letsNoLatePageOfAListReviveWhatIsGone() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5)
                    .watch(CART, gone(pod(CART, 2)), 105)
                    .forget();

            rig.list(CART, observed(pod(CART, 2), 'b'), 5, 101)
                    .list(CART, observed(pod(CART, 1), 'a'), 5, 100)
                    .list(null, end(TARGET, 2, 2, true), 5);

            assertThat(rig.settled(TARGET).getComplete()).isTrue();
            assertThat(rig.world()).doesNotContainKey(SECOND);
        }
    }

    @Test
    void letsNoLatePageReviveWhatItNeverKnew() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5).watch(CART, gone(pod(CART, 7)));

            rig.list(CART, observed(pod(CART, 7), 'a'), 5);

            assertThat(rig.tombstone(Rig.key(CART, pod(CART, 7)))).isTrue();
        }
    }

    @Test
    void letsTheNextSnapshotReviveWhatAListMissed() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5, 100)
                    .list(null, end(TARGET, 1, 1, true), 5);
            assertThat(rig.tombstone(SECOND)).isTrue();

            rig.list(null, begin(TARGET), 6).list(CART, observed(pod(CART, 2), 'b'), 6, 99);

            assertThat(rig.verdict(CART, 2).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }

    @Test
    void forgetsTombstonesAfterAnEndThatComesLater() {
        try (var rig = rig()) {
            rig.watch(CART, gone(pod(CART, 2)), 105);
            rig.pass(Duration.ofMinutes(2)).forget();

            rig.list(null, begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .list(null, end(TARGET, 1, 1, true), 5);
            boolean toldOnceMore = rig.tombstone(SECOND);
            rig.forget();
            rig.list(null, begin(TARGET), 6)
                    .list(CART, observed(pod(CART, 1), 'a'), 6)
                    .list(null, end(TARGET, 1, 1, true), 6);

            assertThat(toldOnceMore).isTrue();
            assertThat(rig.wrote(SECOND)).isFalse();
        }
    }

    @Test
    void dropsWhatAFormerHolderOfTheLeaseSays() {
        try (var rig = rig()) {
            rig.epoch(3).watch(CART, observed(pod(CART, 1), 'a')).forget();

            rig.epoch(2)
                    .watch(CART, observed(pod(CART, 1), 'b'))
                    .watch(CART, gone(pod(CART, 1)))
                    .list(null, begin(TARGET), 5)
                    .list(null, end(TARGET, 0, 1, true), 5);

            assertThat(rig.keys()).isEmpty();
            assertThat(rig.records("stale")).isEqualTo(4);
        }
    }

    @Test
    void dropsTheRestOfASnapshotWhoseCollectorLostTheLease() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5).list(CART, observed(pod(CART, 1), 'a'), 5);

            rig.epoch(2).watch(CART, observed(pod(CART, 1), 'a')).epoch(1).list(null, end(TARGET, 1, 1, true), 5);

            assertThat(rig.wrote(TARGET + "||0")).isFalse();
            assertThat(rig.tombstone(SECOND)).isFalse();
        }
    }

    @Test
    void keepsTwoTargetsOnOnePartitionApart() {
        String other = "k8s:test-2";
        String shop = Sample.workloadOf(other, "cart");
        try (var rig = rig()) {
            rig.watch(shop, observed(pod(shop, 1), 'a'))
                    .epoch(9)
                    .watch(shop, observed(pod(shop, 2), 'a'))
                    .epoch(1);

            rig.list(null, begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .list(null, end(TARGET, 1, 1, true), 5);

            assertThat(rig.tombstone(SECOND)).isTrue();
            assertThat(rig.world()).containsKeys(Rig.key(shop, pod(shop, 1)), Rig.key(shop, pod(shop, 2)), FIRST);
            assertThat(rig.wrote(other + "||0")).isFalse();
        }
    }

    @Test
    void concludesNothingFromASnapshotWithARestartInTheMiddle() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5).list(CART, observed(pod(CART, 1), 'a'), 5);

            rig.restart().list(null, end(TARGET, 1, 1, true), 5);
            var cut = rig.settled(TARGET);
            boolean removed = rig.tombstone(SECOND);
            rig.list(null, begin(TARGET), 6)
                    .list(CART, observed(pod(CART, 1), 'a'), 6)
                    .list(null, end(TARGET, 1, 1, true), 6);

            assertThat(cut.getComplete()).isFalse();
            assertThat(removed).isFalse();
            assertThat(rig.settled(TARGET).getComplete()).isTrue();
            assertThat(rig.tombstone(SECOND)).isTrue();
        }
    }

    @Test
    void believesASnapshotThatIsReplayedWhole() {
        try (var rig = rig()) {
            long committed = rig.offset();
            rig.list(null, begin(TARGET), 5).list(CART, observed(pod(CART, 1), 'a'), 5);

            rig.restart(committed, 1).list(null, end(TARGET, 1, 1, true), 5);

            assertThat(rig.settled(TARGET).getComplete()).isTrue();
            assertThat(rig.tombstone(SECOND)).isTrue();
        }
    }

    @Test
    void doesNotTakeBackWhatItSettled() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5).list(CART, observed(pod(CART, 1), 'a'), 5);
            long committed = rig.offset();
            rig.list(null, end(TARGET, 1, 1, true), 5).forget();

            rig.restart(committed, 1);

            assertThat(rig.settled(TARGET).getComplete()).isTrue();
        }
    }

    @Test
    void removesAWorkloadThatASnapshotOfWorkloadsDoesNotShow() {
        try (var rig = rig()) {
            rig.watch(CART, status(CART, 2, 2, image('a'))).watch(WEB, status(WEB, 1, 1, image('a')));

            rig.list(null, begin(TARGET), 5)
                    .list(CART, status(CART, 2, 2, image('a')), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .list(null, end(TARGET, 2, 1, true), 5);

            assertThat(rig.tombstone(WEB + "|")).isTrue();
            assertThat(rig.verdict(CART).getStatus().getReady()).isEqualTo(2);
        }
    }

    @Test
    void concludesNothingAboutWorkloadsFromAListOfInstancesAlone() {
        try (var rig = rig()) {
            rig.watch(CART, status(CART, 2, 2, image('a')));

            rig.list(null, begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .list(null, end(TARGET, 1, 1, true), 5);

            assertThat(rig.verdict(CART).hasStatus()).isTrue();
        }
    }
}
