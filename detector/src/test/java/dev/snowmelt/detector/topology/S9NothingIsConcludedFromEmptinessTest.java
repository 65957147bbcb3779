package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.begin;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.end;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Verdict;
import org.junit.jupiter.api.Test;

/// S9: an empty list is "unknown", never "none left".
class S9NothingIsConcludedFromEmptinessTest {
    private static final int PODS = 12;

    private static Rig rig() {
        var rig = new Rig();
        rig.declare(declaration(CART, 'a'));
        for (int i = 0; i < PODS; i++) {
            rig.watch(CART, observed(pod(CART, i), i % 2 == 0 ? 'a' : 'b'));
        }
        return rig.forget();
    }

    private static long removed(Rig rig) {
        return rig.keys().stream()
                .filter(key -> key.contains("/pod/") && rig.tombstone(key))
                .count();
    }

    @Test
    void removesNothingWhenTheCollectorDoesNotBelieveItself() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5).list(null, end(TARGET, 0, 0, false), 5);

            assertThat(removed(rig)).isZero();
            assertThat(rig.settled(TARGET).getComplete()).isFalse();
            assertThat(rig.settled(TARGET).getProblem()).contains("does not believe it");
        }
    }

    @Test
    void removesNothingForOneEmptySnapshotEvenIfTheCollectorBelievesIt() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5).list(null, end(TARGET, 0, 0, true), 5);

            assertThat(removed(rig)).isZero();
            assertThat(rig.settled(TARGET).getComplete()).isFalse();
        }
    }

    @Test
    void removesAllWhenASecondEmptySnapshotAgrees() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5).list(null, end(TARGET, 0, 0, true), 5);

            rig.list(null, begin(TARGET), 6).list(null, end(TARGET, 0, 0, true), 6);

            assertThat(removed(rig)).isEqualTo(PODS);
            assertThat(rig.settled(TARGET).getComplete()).isTrue();
        }
    }

    @Test
    void startsOverWhenSomethingWasSeenInBetween() {
        try (var rig = rig()) {
            rig.list(null, begin(TARGET), 5).list(null, end(TARGET, 0, 0, true), 5);
            rig.list(null, begin(TARGET), 6);
            for (int i = 0; i < PODS; i++) {
                rig.list(CART, observed(pod(CART, i), i % 2 == 0 ? 'a' : 'b'), 6);
            }
            rig.list(null, end(TARGET, PODS, PODS, true), 6);

            rig.list(null, begin(TARGET), 7).list(null, end(TARGET, 0, 0, true), 7);

            assertThat(removed(rig)).isZero();
        }
    }

    @Test
    void takesAnEmptyDeclarationForNone() {
        try (var rig = rig()) {
            rig.declare(Declaration.newBuilder().setWorkload(CART).build());

            assertThat(rig.verdict(CART, 0).getState()).isEqualTo(Verdict.State.UNDECLARED);
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.UNDECLARED);
        }
    }

    @Test
    void takesAnEmptyFacetForUnknown() {
        try (var rig = rig()) {
            rig.watch(CART, observed(pod(CART, 1), ImageFacet.getDefaultInstance()));

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.UNVERIFIED);
        }
    }
}
