package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.facet;
import static dev.snowmelt.detector.topology.Sample.gone;
import static dev.snowmelt.detector.topology.Sample.image;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.ObservedContainer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Which digest ran where, from when to when.
class RanEvidenceTest {

    @Test
    void opensWhenAllImagesAreKnown() {
        try (var rig = new Rig()) {
            var pulling = facet('a').toBuilder();
            pulling.getContainersBuilder(0).clearImageId();

            rig.watch(CART, observed(pod(CART, 1), pulling.build()));
            int whilePulling = rig.ran().size();
            rig.watch(CART, observed(pod(CART, 1), 'a'));

            assertThat(whilePulling).isZero();
            assertThat(rig.ran()).hasSize(1);
            assertThat(rig.ran().getFirst().hasTo()).isFalse();
            assertThat(rig.ran().getFirst().getFrom()).isEqualTo(Timestamps.fromMillis(rig.nowMillis() - 1));
            assertThat(rig.ran().getFirst().getImages(0).getImageId()).isEqualTo(image('a'));
            assertThat(rig.ran().getFirst().getNode()).isEqualTo("node-1");
        }
    }

    @Test
    void closesAndOpensInOneRecordWhenAnImageChangesInPlace() {
        try (var rig = new Rig()) {
            rig.watch(CART, observed(pod(CART, 1), 'a')).pass(Duration.ofMinutes(5));

            rig.watch(CART, observed(pod(CART, 1), 'b'));

            assertThat(rig.ran()).hasSize(2);
            var open = rig.ran().get(0);
            var changed = rig.ran().get(1);
            var before = changed.getBefore();
            assertThat(before.getFrom()).isEqualTo(open.getFrom());
            assertThat(before.getImagesList()).isEqualTo(open.getImagesList());
            assertThat(Timestamps.toMillis(before.getTo()) - Timestamps.toMillis(before.getFrom()))
                    .isBetween(300_000L, 300_010L);
            assertThat(changed.getImages(0).getImageId()).isEqualTo(image('b'));
            assertThat(changed.getFrom()).isEqualTo(before.getTo());
            assertThat(changed.hasTo()).isFalse();
            assertThat(changed.getNode()).isEqualTo("node-1");
            assertThat(rig.evidence().get(1).getInstance()).isEqualTo(pod(CART, 1));
            assertThat(rig.evidence().get(1).getWorkload()).isEqualTo(CART);
        }
    }

    @Test
    void onlyClosesWhileTheNextImageIsPulled() {
        try (var rig = new Rig()) {
            var pulling = facet('b').toBuilder();
            pulling.getContainersBuilder(0).clearImageId();
            rig.watch(CART, observed(pod(CART, 1), 'a'));

            rig.watch(CART, observed(pod(CART, 1), pulling.build()));
            rig.watch(CART, observed(pod(CART, 1), 'b'));

            assertThat(rig.ran()).hasSize(3);
            assertThat(rig.ran().get(1).getImages(0).getImageId()).isEqualTo(image('a'));
            assertThat(rig.ran().get(1).hasTo()).isTrue();
            assertThat(rig.ran().get(2).getImages(0).getImageId()).isEqualTo(image('b'));
            assertThat(rig.ran().get(2).hasBefore()).isFalse();
        }
    }

    @Test
    void saysNothingWhenOnlyReadinessChanges() {
        try (var rig = new Rig()) {
            rig.watch(CART, observed(pod(CART, 1), 'a'));

            rig.watch(
                    CART,
                    observed(
                            pod(CART, 1), facet('a').toBuilder().setReady(false).build()));

            assertThat(rig.ran()).hasSize(1);
        }
    }

    @Test
    void closesWhenTheInstanceIsDeleted() {
        try (var rig = new Rig()) {
            rig.watch(CART, observed(pod(CART, 1), 'a'));

            rig.watch(CART, gone(pod(CART, 1)));

            assertThat(rig.ran()).hasSize(2);
            assertThat(rig.ran().get(1).hasTo()).isTrue();
        }
    }

    @Test
    void closesWhenASnapshotShowsThatItIsGone() {
        try (var rig = new Rig()) {
            rig.watch(CART, observed(pod(CART, 1), 'a')).watch(CART, observed(pod(CART, 2), 'a'));

            rig.list(null, Sample.begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 2), 'a'), 5)
                    .list(null, Sample.end(TARGET, 1, 1, true), 5);

            assertThat(rig.evidence()).hasSize(3);
            assertThat(rig.evidence().get(2).getInstance()).isEqualTo(pod(CART, 1));
            assertThat(rig.evidence().get(2).getRan().hasTo()).isTrue();
        }
    }

    @Test
    void claimsNoMoreOfAMissingInstanceThanThatItWasSeen() {
        try (var rig = new Rig()) {
            rig.watch(CART, observed(pod(CART, 1), 'a')).watch(CART, observed(pod(CART, 2), 'a'));
            long seen = rig.nowMillis() - 2;
            rig.pass(Duration.ofMinutes(20));

            rig.list(null, Sample.begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 2), 'a'), 5)
                    .list(null, Sample.end(TARGET, 1, 1, true), 5);

            assertThat(Timestamps.toMillis(rig.ran().get(2).getTo())).isEqualTo(seen);
        }
    }

    @Test
    void claimsOfAMissingInstanceThatTheLastCompleteSnapshotShowedIt() {
        try (var rig = new Rig()) {
            rig.declare(Sample.declaration(CART, 'a'))
                    .watch(CART, observed(pod(CART, 1), 'a'))
                    .watch(CART, observed(pod(CART, 2), 'a'))
                    .pass(Duration.ofMinutes(20));
            long shown = rig.nowMillis();
            rig.list(null, Sample.begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .list(CART, observed(pod(CART, 2), 'a'), 5)
                    .list(null, Sample.end(TARGET, 2, 2, true), 5)
                    .restart()
                    .forget()
                    .pass(Duration.ofMinutes(20));

            rig.list(null, Sample.begin(TARGET), 6)
                    .list(CART, observed(pod(CART, 2), 'a'), 6)
                    .list(null, Sample.end(TARGET, 1, 1, true), 6);

            var closed = rig.ran().stream().filter(ran -> ran.hasTo()).toList();
            assertThat(closed).hasSize(1);
            assertThat(Timestamps.toMillis(closed.getFirst().getTo())).isEqualTo(shown);
        }
    }

    @Test
    void closesAgainWhatMayNotHaveBeenToldBeforeACrash() {
        try (var rig = new Rig()) {
            var pulling = facet('b').toBuilder();
            pulling.getContainersBuilder(0).clearImageId();
            rig.watch(CART, observed(pod(CART, 1), 'a')).watch(CART, observed(pod(CART, 1), pulling.build()));
            var closed = rig.ran().get(1);

            rig.forget().restart(1, 0);

            assertThat(rig.ran()).containsExactly(closed);
        }
    }

    @Test
    void closesAgainWhatEndedBeforeTheInstanceWasDeleted() {
        try (var rig = new Rig()) {
            var pulling = facet('b').toBuilder();
            pulling.getContainersBuilder(0).clearImageId();
            rig.watch(CART, observed(pod(CART, 1), 'a'))
                    .watch(CART, observed(pod(CART, 1), pulling.build()))
                    .watch(CART, gone(pod(CART, 1)));
            var closed = rig.ran().get(1);
            assertThat(rig.ran()).hasSize(2);

            rig.forget().restart(1, 0);

            assertThat(rig.ran()).isNotEmpty().containsOnly(closed);
        }
    }

    @Test
    void anEphemeralContainerThatNeverStartsHidesNothing() {
        try (var rig = new Rig()) {
            var debugger = ObservedContainer.newBuilder()
                    .setName("debugger")
                    .setType(ObservedContainer.Type.EPHEMERAL)
                    .setImage("nowhere/none:1");
            rig.watch(CART, observed(pod(CART, 1), 'a'));

            rig.watch(
                    CART,
                    observed(
                            pod(CART, 1),
                            facet('a').toBuilder().addContainers(debugger).build()));
            int untilThen = rig.ran().size();
            rig.watch(
                    CART,
                    observed(
                            pod(CART, 1),
                            facet('b').toBuilder().addContainers(debugger).build()));

            assertThat(untilThen).isEqualTo(1);
            assertThat(rig.ran()).hasSize(2);
            assertThat(rig.ran().get(1).getImagesList())
                    .singleElement()
                    .satisfies(ran -> assertThat(ran.getImageId()).isEqualTo(image('b')));
            assertThat(rig.ran().get(1).getBefore().getImages(0).getImageId()).isEqualTo(image('a'));
        }
    }

    @Test
    void anEphemeralContainerThatRanIsTold() {
        try (var rig = new Rig()) {
            var debugger = Sample.container("debugger", 'd').toBuilder().setType(ObservedContainer.Type.EPHEMERAL);
            rig.watch(CART, observed(pod(CART, 1), 'a'));

            rig.watch(
                    CART,
                    observed(
                            pod(CART, 1),
                            facet('a').toBuilder().addContainers(debugger).build()));

            assertThat(rig.ran()).hasSize(2);
            assertThat(rig.ran().get(1).getImagesList()).hasSize(2);
        }
    }
}
