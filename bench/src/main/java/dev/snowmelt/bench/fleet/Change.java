package dev.snowmelt.bench.fleet;

import java.util.BitSet;

/// Which pods look different from one round to the next.
public enum Change {
    /// None: the steady state of a fleet.
    NONE,
    /// One record in a hundred: half of them pods that drift, half the previous round's that are well again.
    ONE_PERCENT,
    /// Every pod, in turn away from what is declared and back.
    ALL,
    /// Every drifted pod goes back to what is declared.
    HEAL;

    /// @param drifted the pods that run something undeclared, changed in place
    /// @param round counts rounds, so that each picks other pods
    void apply(BitSet drifted, int instances, int round) {
        switch (this) {
            case NONE -> {}
            case HEAL -> drifted.clear();
            case ALL -> drifted.flip(0, instances);
            case ONE_PERCENT -> {
                drifted.clear();
                for (int i = round % 200; i < instances; i += 200) {
                    drifted.set(i);
                }
            }
        }
    }
}
