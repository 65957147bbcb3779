package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.WEB;
import static dev.snowmelt.detector.topology.Sample.begin;
import static dev.snowmelt.detector.topology.Sample.content;
import static dev.snowmelt.detector.topology.Sample.declaration;
import static dev.snowmelt.detector.topology.Sample.end;
import static dev.snowmelt.detector.topology.Sample.gone;
import static dev.snowmelt.detector.topology.Sample.image;
import static dev.snowmelt.detector.topology.Sample.observed;
import static dev.snowmelt.detector.topology.Sample.pod;
import static dev.snowmelt.detector.topology.Sample.status;
import static dev.snowmelt.detector.topology.Sample.toldBefore;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.Verdict;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The detector lost its stores: what stands in `verdicts` is all that is left of what it knew, and
/// the declarations are read again.
class ResetTest {
    private static final String FIRST = Rig.key(CART, pod(CART, 1));
    private static final String SECOND = Rig.key(CART, pod(CART, 2));

    /// Two drifted pods that stand in `verdicts`.
    private static Rig two() {
        var rig = new Rig();
        return rig.declare(declaration(CART, 'a'))
                .watch(CART, status(CART, 2, 2, image('a')))
                .watch(CART, observed(pod(CART, 1), 'b'))
                .watch(CART, observed(pod(CART, 2), 'b'))
                .settle();
    }

    private static Rig showsTheFirst(Rig rig, long snapshot) {
        return rig.list(null, begin(TARGET), snapshot)
                .list(CART, status(CART, 2, 2, image('a')), snapshot)
                .list(CART, observed(pod(CART, 1), 'b'), snapshot)
                .list(null, end(TARGET, 2, 1, true), snapshot);
    }

    @Test
    void whatTheNextCompleteSnapshotDoesNotShowIsGone() {
        try (var rig = two()) {
            rig.reset(rig::sayWhatStands);
            assertThat(rig.tombstone(SECOND)).isFalse();

            showsTheFirst(rig, 5);

            assertThat(rig.tombstone(SECOND)).isTrue();
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }

    @Test
    void onlyACompleteSnapshotSaysThatSomethingIsGone() {
        try (var rig = two()) {
            rig.reset(rig::sayWhatStands);

            rig.list(null, end(TARGET, 0, 0, true), 4);
            rig.list(null, begin(TARGET), 5).list(null, end(TARGET, 7, 7, true), 5);
            rig.list(null, begin(TARGET), 6).list(null, end(TARGET, 0, 7, false), 6);
            rig.list(null, begin(TARGET), 7).list(null, end(TARGET, 0, 0, true), 7);
            assertThat(rig.tombstone(FIRST)).isFalse();
            assertThat(rig.tombstone(SECOND)).isFalse();
            rig.list(null, begin(TARGET), 8).list(null, end(TARGET, 0, 0, true), 8);

            assertThat(rig.tombstone(FIRST)).isTrue();
            assertThat(rig.tombstone(SECOND)).isTrue();
        }
    }

    @Test
    void restartsInBetweenForgetNothing() {
        try (var rig = two()) {
            rig.reset(rig::sayWhatStands).restart().pass(Duration.ofHours(2));
            rig.list(null, begin(TARGET), 4)
                    .list(null, end(TARGET, 3, 3, true), 4)
                    .settle()
                    .restart();

            showsTheFirst(rig, 5);

            assertThat(rig.tombstone(SECOND)).isTrue();
            assertThat(rig.tombstone(FIRST)).isFalse();
        }
    }

    @Test
    void whatIsKnownIsNotAsked() {
        try (var rig = two()) {
            showsTheFirst(rig, 4);
            var stored = rig.stored().getOrDefault(TaskStores.INSTANCES, Map.of());
            rig.forget();

            rig.sayWhatStands()
                    .watch(CART, toldBefore(pod(CART, 1)))
                    .watch(CART, toldBefore(pod(CART, 2)))
                    .watch(CART, toldBefore(""));

            assertThat(rig.keys()).isEmpty();
            assertThat(rig.stored().get(TaskStores.INSTANCES)).containsOnlyKeys(stored.keySet());
            showsTheFirst(rig, 6);
            assertThat(rig.tombstone(FIRST)).isFalse();
        }
    }

    @Test
    void whatAgentsSpeakOfMeanwhileIsStillLookedFor() {
        try (var rig = two()) {
            rig.reset(() -> rig.agent(CART, content(pod(CART, 2), "app", "root"))
                    .sayWhatStands()
                    .agent(CART, content(pod(CART, 1), "app", "root"))
                    .pass(Duration.ofDays(3)));

            showsTheFirst(rig, 5);

            assertThat(rig.tombstone(SECOND)).isTrue();
            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
        }
    }

    @Test
    void aDeletionIsToldOfWhatIsNotKnown() {
        try (var rig = two()) {
            rig.reset(() -> {});
            rig.watch(CART, gone(pod(CART, 1)), 7);
            rig.watch(CART, toldBefore(pod(CART, 2))).watch(CART, gone(pod(CART, 2)), 8);

            assertThat(rig.tombstone(FIRST)).isTrue();
            assertThat(rig.tombstone(SECOND)).isTrue();
            rig.forget().watch(CART, gone(pod(CART, 1)), 7);
            assertThat(rig.keys()).isEmpty();
        }
    }

    @Test
    void aWorkloadThatIsNoMoreIsToldAtTheSnapshot() {
        try (var rig = new Rig()) {
            rig.watch(WEB, status(WEB, 0, 0, image('a'))).watch(CART, status(CART, 2, 2, image('a')));
            rig.reset(rig::sayWhatStands).settle();
            assertThat(rig.tombstone(WEB + "|")).isFalse();

            showsTheFirst(rig, 5);

            assertThat(rig.tombstone(WEB + "|")).isTrue();
            assertThat(rig.verdict(CART).hasStatus()).isTrue();
        }
    }

    /// Who restarts looks through all workloads again: that tells nothing of those of which only a verdict stands.
    @Test
    void aWorkloadOfWhichOnlyAVerdictStandsKeepsItThroughARestart() {
        try (var rig = new Rig()) {
            rig.watch(WEB, status(WEB, 1, 1, image('a')))
                    .watch(WEB, observed(pod(WEB, 1), 'a'))
                    .settle();
            rig.reset(rig::sayWhatStands).settle();

            rig.restart().settle().pass(Duration.ofSeconds(5)).settle();

            assertThat(rig.tombstone(WEB + "|")).isFalse();
        }
    }

    @Test
    void aWorkloadThatAListShowsIsThere() {
        try (var rig = two()) {
            rig.reset(rig::sayWhatStands);

            rig.list(CART, status(CART, 2, 2, image('a')), 5).settle();

            assertThat(rig.verdict(CART).getStatus().getDesired()).isEqualTo(2);
        }
    }

    @Test
    void aReplacedTargetIsNotReadForEver() {
        try (var rig = two()) {
            rig.reset(rig::sayWhatStands);
            showsTheFirst(rig, 5).pass(Duration.ofMinutes(2));
            showsTheFirst(rig, 6).pass(Duration.ofMinutes(2));

            assertThat(rig.stored().get(TaskStores.INSTANCES)).hasSize(1);
            assertThat(rig.stored().get(TaskStores.WORKLOADS)).hasSize(1);
        }
    }

    @Test
    void revisionsThatAreOverJudgeNobody() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'b'))
                    .declare(declaration(CART, 'c', 'b'))
                    .declare(declaration(CART, 'a', 'c', 'b'))
                    .watch(CART, observed(pod(CART, 1), 'a'))
                    .settle();
            int before = rig.history(FIRST).size();

            rig.reset(() -> rig.watch(CART, observed(pod(CART, 1), 'a'))).settle();

            assertThat(rig.history(FIRST).subList(before, rig.history(FIRST).size()))
                    .isNotEmpty()
                    .containsOnly(Verdict.State.CONFORMANT);
            assertThat(rig.verdict(CART).getRevision()).isEqualTo(3);
        }
    }

    @Test
    void anUnusableRevisionReplacesNone() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a'))
                    .declareRaw(Keys.utf8(CART), new byte[] {1, 2, 3})
                    .declareRaw(Keys.utf8(CART), declaration(WEB, 'b').toByteArray())
                    .forget();

            rig.reset(() -> rig.watch(CART, observed(pod(CART, 1), 'a')));

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.CONFORMANT);
            assertThat(rig.deadLetters()).hasSize(2);
        }
    }

    @Test
    void whatIsNoLongerDeclaredStaysSo() {
        try (var rig = new Rig()) {
            rig.declare(declaration(CART, 'a')).undeclare(CART);

            rig.reset(() -> rig.watch(CART, observed(pod(CART, 1), 'b')));

            assertThat(rig.history(FIRST)).containsOnly(Verdict.State.UNDECLARED);
        }
    }

    @Test
    void aDriftIsNoOlderThanWhatIsKnownOfIt() {
        try (var rig = two()) {
            rig.pass(Duration.ofDays(21));
            long returned = rig.nowMillis();

            rig.reset(() -> rig.watch(CART, status(CART, 2, 2, image('b')))
                            .watch(CART, observed(pod(CART, 1), 'b'))
                            .pass(Duration.ofMinutes(15)))
                    .settle();

            assertThat(Timestamps.toMillis(rig.verdict(CART, 1).getSince())).isGreaterThanOrEqualTo(returned);
            assertThat(Timestamps.toMillis(rig.verdict(CART).getTemplateSince()))
                    .isGreaterThanOrEqualTo(returned);
            assertThat(rig.longestDetection()).isLessThan(Duration.ofHours(1));
        }
    }

    /// The declaration is read while what it is about is known already, as when its partition
    /// starts late.
    @Test
    void aDeclarationThatComesLateMakesNoDriftOlder() {
        try (var rig = new Rig()) {
            rig.watch(CART, status(CART, 1, 1, image('b'))).watch(CART, observed(pod(CART, 1), 'b'));
            long seen = Timestamps.toMillis(rig.verdict(CART, 1).getSince());

            rig.declareAt(declaration(CART, 'a'), seen - Duration.ofDays(21).toMillis())
                    .settle();

            assertThat(rig.verdict(CART, 1).getState()).isEqualTo(Verdict.State.DRIFTED);
            assertThat(Timestamps.toMillis(rig.verdict(CART, 1).getSince())).isEqualTo(seen);
            assertThat(Timestamps.toMillis(rig.verdict(CART).getTemplateSince()))
                    .isGreaterThanOrEqualTo(seen - 1);
            assertThat(rig.longestDetection()).isLessThan(Duration.ofHours(1));
        }
    }

    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theNextSnapshotsPutRightWhateverStood(int seed) {
        try (var rig = new Rig()) {
            var life = new ClusterLife(rig, seed, true);
            var random = new SplittableRandom(3_000 + seed);

            life.live(60);
            rig.reset(() -> {
                life.deleteUnseen();
                rig.sayWhatStands();
            });
            life.live(random.nextInt(10));
            rig.crash(rig.inputs() - random.nextInt(5), random);
            life.finish();

            assertThat(states(rig)).isEqualTo(life.states());
        }
    }

    private static Map<String, Verdict.State> states(Rig rig) {
        var states = new HashMap<String, Verdict.State>();
        rig.world().forEach((key, record) -> {
            if (record.hasInstance()) {
                states.put(key, record.getInstance().getState());
            }
        });
        return states;
    }
}
