package dev.snowmelt.remediator.plan;

import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadVerdict;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Counts of a target's instances by verdict and of its drifts by kind, kept up to date with every
/// judgement.
final class Census {
    private final Map<Verdict.State, long[]> states = counters(Verdict.State.class);
    private final Map<Drift.Kind, long[]> kinds = counters(Drift.Kind.class);
    private long declared;

    private static <E extends Enum<E>> Map<E, long[]> counters(Class<E> type) {
        var map = new EnumMap<E, long[]>(type);
        for (E value : type.getEnumConstants()) {
            map.put(value, new long[1]);
        }
        return map;
    }

    /// An instance's judgement changed.
    void moved(@Nullable Member before, @Nullable Member after) {
        count(before, -1);
        count(after, 1);
    }

    private void count(@Nullable Member member, int by) {
        if (member != null) {
            add(states, member.verdict().getState(), by);
            if (member.drifted()) {
                count(member.verdict().getDriftsList(), by);
            }
        }
    }

    /// A workload's judgement changed.
    void moved(@Nullable WorkloadVerdict before, @Nullable WorkloadVerdict after) {
        count(before, -1);
        count(after, 1);
    }

    private void count(@Nullable WorkloadVerdict workload, int by) {
        if (workload != null) {
            count(workload.getDriftsList(), by);
            declared += workload.getRevision() > 0 ? by : 0;
        }
    }

    private void count(List<Drift> drifts, int by) {
        for (Drift drift : drifts) {
            add(kinds, drift.getKind(), by);
        }
    }

    private static <E> void add(Map<E, long[]> counters, E value, int by) {
        long[] counter = counters.get(value);
        if (counter != null) {
            counter[0] += by;
        }
    }

    /// Instances by verdict; every verdict that this version knows is in there.
    Map<Verdict.State, Long> instances() {
        return known(Verdict.State.class, states, Set.of(Verdict.State.STATE_UNSPECIFIED, Verdict.State.UNRECOGNIZED));
    }

    /// Workloads that are declared, seen or not.
    long declared() {
        return declared;
    }

    /// Drifts by kind; every kind that this version knows is in there.
    Map<Drift.Kind, Long> drifts() {
        return known(Drift.Kind.class, kinds, Set.of(Drift.Kind.KIND_UNSPECIFIED, Drift.Kind.UNRECOGNIZED));
    }

    private static <E extends Enum<E>> Map<E, Long> known(Class<E> type, Map<E, long[]> counters, Set<E> unknown) {
        var map = new EnumMap<E, Long>(type);
        counters.forEach((value, counter) -> {
            if (!unknown.contains(value)) {
                map.put(value, counter[0]);
            }
        });
        return map;
    }
}
