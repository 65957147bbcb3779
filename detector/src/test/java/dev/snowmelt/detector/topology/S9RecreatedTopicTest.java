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
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// S9: offsets of a topic that was deleted or cut mean nothing in the one that is there now.
class S9RecreatedTopicTest {
    private static final String POD = Rig.key(CART, pod(CART, 1));

    static Stream<Named<Consumer<Rig>>> losses() {
        return Stream.of(Named.of("made anew", Rig::recreated), Named.of("cut", Rig::truncated));
    }

    /// Instance and status get a high offset.
    private static Rig known() {
        var rig = new Rig();
        rig.declare(declaration(CART, 'a'));
        for (int i = 10; i < 60; i++) {
            rig.watch(CART, observed(pod(CART, i), 'b')).watch(CART, gone(pod(CART, i)));
        }
        return rig.watch(CART, status(CART, 1, 1, image('a'))).watch(CART, observed(pod(CART, 1), 'a'));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void whatACompleteSnapshotShowsUnchangedIsNotGone(Consumer<Rig> loss) {
        try (var rig = known()) {
            loss.accept(rig);
            rig.forget();

            rig.list(null, begin(TARGET), 5)
                    .list(CART, status(CART, 1, 1, image('a')), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .list(null, end(TARGET, 2, 1, true), 5);

            assertThat(rig.settled(TARGET).getComplete()).isTrue();
            assertThat(rig.tombstone(POD)).isFalse();
            assertThat(rig.tombstone(CART + "|")).isFalse();
        }
    }

    /// Without a status nothing else makes the detector write the instance's state anew.
    @ParameterizedTest
    @MethodSource("losses")
    void anInstanceAloneIsNotGoneEither(Consumer<Rig> loss) {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'));
            for (int i = 10; i < 60; i++) {
                rig.watch(CART, observed(pod(CART, i), 'b')).watch(CART, gone(pod(CART, i)));
            }
            rig.watch(CART, observed(pod(CART, 1), 'a'));
            loss.accept(rig);
            rig.forget();

            rig.list(null, begin(TARGET), 5)
                    .list(CART, observed(pod(CART, 1), 'a'), 5)
                    .list(null, end(TARGET, 1, 1, true), 5);

            assertThat(rig.settled(TARGET).getComplete()).isTrue();
            assertThat(rig.tombstone(POD)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void aSecondSnapshotAndARestartChangeNothing(Consumer<Rig> loss) {
        try (var rig = known()) {
            loss.accept(rig);
            for (int snapshot = 5; snapshot < 7; snapshot++) {
                rig.list(null, begin(TARGET), snapshot)
                        .list(CART, status(CART, 1, 1, image('a')), snapshot)
                        .list(CART, observed(pod(CART, 1), 'a'), snapshot)
                        .list(null, end(TARGET, 2, 1, true), snapshot)
                        .restart();
            }
            rig.forget();

            rig.list(null, begin(TARGET), 7)
                    .list(CART, status(CART, 1, 1, image('a')), 7)
                    .list(CART, observed(pod(CART, 1), 'a'), 7)
                    .list(null, end(TARGET, 2, 1, true), 7);

            assertThat(rig.settled(TARGET).getComplete()).isTrue();
            assertThat(rig.tombstone(POD)).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("losses")
    void whatIsMissingIsGone(Consumer<Rig> loss) {
        try (var rig = known()) {
            loss.accept(rig);
            rig.forget();

            rig.list(null, begin(TARGET), 5)
                    .list(CART, status(CART, 0, 0, image('a')), 5)
                    .list(WEB, observed(pod(WEB, 1), 'a'), 5)
                    .list(null, end(TARGET, 2, 1, true), 5);

            assertThat(rig.tombstone(POD)).isTrue();
        }
    }

    @Test
    void aDriftThatWasWrittenBeforeTheStartIsFound() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'));
            for (int i = 0; i < 3; i++) {
                rig.watch(WEB, observed(pod(WEB, i), 'a'));
            }
            // Its mark is 3, and the new topic has more records than that before the detector starts.
            rig.watch(CART, observed(pod(CART, 1), 'a')).recreated();
            rig.whileStopped(() -> rig.watch(CART, observed(pod(CART, 1), 'b'))
                    .watch(WEB, observed(pod(WEB, 1), 'a'))
                    .watch(WEB, observed(pod(WEB, 2), 'a'))
                    .watch(WEB, observed(pod(WEB, 3), 'a'))
                    .watch(WEB, observed(pod(WEB, 4), 'a')));

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }
}
