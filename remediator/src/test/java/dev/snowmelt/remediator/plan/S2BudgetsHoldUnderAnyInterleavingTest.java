package dev.snowmelt.remediator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// S2: budgets hold under any interleaving, restart or duplicate; and S5: in the end every drift is over, and whatever
/// does not say that it waits for a person went on by itself.
class S2BudgetsHoldUnderAnyInterleavingTest {
    private static final int SEEDS = 25;
    private static final int STEPS = 1_500;

    @ParameterizedTest(name = "{0} replicas, {1} may be unavailable, restless: {2}, rolls: {3}")
    @CsvSource({
        "4, 1, false, false",
        "10, 3, false, false",
        "4, 1, true, false",
        "10, 3, true, false",
        "12, 5, true, false",
        "3, 1, false, true",
        "4, 2, true, true",
        "10, 3, false, true",
        "12, 5, true, true"
    })
    void neverMoreThanMaxUnavailable(int desired, int budget, boolean restless, boolean rolls) {
        int replaced = 0;
        int crashes = 0;
        for (long seed = 0; seed < (rolls ? 3 * SEEDS : SEEDS); seed++) {
            try {
                var life = new RandomLife(seed, desired, budget, restless, rolls);
                for (int step = 0; step < STEPS; step++) {
                    life.step();
                }
                life.calmDown();
                assertThat(life.workload.conformant())
                        .as("everything is replaced")
                        .isTrue();
                assertThat(life.over())
                        .as("every remediation has ended: %s", life.memory.allRemediations())
                        .isTrue();
                replaced += life.outbox.evidence.size();
                crashes += life.crashes;
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
            }
        }
        assertThat(replaced).as("something happened").isGreaterThan(SEEDS);
        assertThat(crashes).isGreaterThan(SEEDS);
    }
}
