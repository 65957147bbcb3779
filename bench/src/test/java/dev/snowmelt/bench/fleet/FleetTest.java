package dev.snowmelt.bench.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.Verdict;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FleetTest {
    private final Fleet fleet = new Fleet(400, 4);

    @Test
    void podsRunWhatIsDeclaredUnlessTheyAreToDrift() {
        assertThat(verdict(17, false)).isEqualTo(Verdict.State.CONFORMANT);
        assertThat(verdict(17, true)).isEqualTo(Verdict.State.DRIFTED);
    }

    @Test
    void noTwoPodsAreTheSame() {
        assertThat(IntStream.range(0, fleet.instances()).mapToObj(fleet::instance))
                .doesNotHaveDuplicates();
    }

    @Test
    void observationsAreAsLongAsRealOnes() {
        assertThat(Serdes.deterministicBytes(fleet.observation(17, false))).hasSizeBetween(280, 380);
    }

    @Test
    void everyClusterHasAPartitionOfItsOwn() {
        assertThat(fleet.targets().stream().map(target -> Topic.partition(target.toString(), 4)))
                .containsExactly(0, 1, 2, 3);
    }

    private Verdict.State verdict(int instance, boolean drifted) {
        int workload = instance / Fleet.PODS_PER_WORKLOAD;
        return Judge.judge(
                        fleet.declaration(workload),
                        JudgeRules.DEFAULT,
                        fleet.status(workload).getWorkload().getTemplate(),
                        fleet.observation(instance, drifted).getInstance().getImage(),
                        List.of())
                .state();
    }
}
