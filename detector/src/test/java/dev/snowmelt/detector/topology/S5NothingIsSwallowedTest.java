package dev.snowmelt.detector.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// S5, the detector's part: whatever it had stored and not told when it died, it tells after the restart. Random lives
/// of a
/// cluster, died at random points; of what had been written since the last commit, every topic and every changelog got
/// a
/// random prefix.
class S5NothingIsSwallowedTest {
    static IntStream seeds() {
        return IntStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void tellsAfterACrashWhatItWouldHaveToldWithoutOne(int seed) {
        try (var calm = new Rig();
                var crashed = new Rig()) {
            var calmLife = new ClusterLife(calm, seed, false);
            var crashedLife = new ClusterLife(crashed, seed, false);
            var random = new SplittableRandom(1_000 + seed);

            calmLife.live(40);
            crashedLife.live(40);
            crashed.crash(random.nextInt(crashed.inputs() + 1), random);
            calm.settle();
            crashed.settle();

            assertThat(withoutTimes(crashed.world())).isEqualTo(withoutTimes(calm.world()));
            assertThat(states(calm)).isEqualTo(calmLife.states());
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void healsWithTheNextSnapshotsWhereASnapshotWasCut(int seed) {
        try (var calm = new Rig();
                var crashed = new Rig()) {
            var calmLife = new ClusterLife(calm, seed, true);
            var crashedLife = new ClusterLife(crashed, seed, true);
            var random = new SplittableRandom(2_000 + seed);

            calmLife.live(60);
            crashedLife.live(60);
            crashed.crash(random.nextInt(crashed.inputs() + 1), random);
            calmLife.finish();
            crashedLife.finish();

            assertThat(withoutTimes(crashed.world())).isEqualTo(withoutTimes(calm.world()));
            assertThat(states(crashed)).isEqualTo(crashedLife.states());
            assertThat(crashedLife.withoutEvidence()).isEmpty();
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

    private static Map<String, VerdictRecord> withoutTimes(Map<String, VerdictRecord> world) {
        var without = new HashMap<String, VerdictRecord>();
        world.forEach((key, record) -> {
            var copy = record.toBuilder();
            if (copy.hasInstance()) {
                copy.getInstanceBuilder().clearSince().clearObservedAt();
            }
            if (copy.hasWorkload()) {
                copy.getWorkloadBuilder().clearTemplateSince();
            }
            without.put(key, copy.build());
        });
        return without;
    }
}
