package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.plan.Figures;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Remediation.Phase;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// What one task adds to the planner's meters; it goes when the task does.
final class TaskMetrics implements AutoCloseable {
    private final PlannerMetrics meters;
    private final Map<Phase, LongAdder> phases = new EnumMap<>(Phase.class);
    private final Map<Hold.Reason, LongAdder> reasons = new EnumMap<>(Hold.Reason.class);
    private volatile Figures figures = Figures.NONE;

    TaskMetrics(PlannerMetrics meters) {
        this.meters = meters;
        for (Phase phase : Phase.values()) {
            phases.put(phase, new LongAdder());
        }
        for (Hold.Reason reason : Hold.Reason.values()) {
            reasons.put(reason, new LongAdder());
        }
    }

    /// A remediation is counted where it stands now.
    void moved(@Nullable Remediation before, @Nullable Remediation after) {
        count(before, -1);
        count(after, 1);
        if (after != null && before != null && before.getPhase() != after.getPhase()) {
            meters.entered(after);
        }
    }

    private void count(@Nullable Remediation remediation, int by) {
        if (remediation != null) {
            adder(phases, remediation.getPhase()).add(by);
            if (remediation.hasHold()) {
                adder(reasons, remediation.getHold().getReason()).add(by);
            }
        }
    }

    private static <E extends Enum<E>> LongAdder adder(Map<E, LongAdder> adders, E key) {
        LongAdder adder = adders.get(key);
        if (adder == null) {
            throw new IllegalStateException("every value has an adder, " + key + " too");
        }
        return adder;
    }

    void stand(Figures now) {
        figures = now;
    }

    void deadLetter() {
        meters.deadLetters.increment();
    }

    void outcomeWithoutEffect() {
        meters.outcomesWithoutEffect.increment();
    }

    long in(Phase phase) {
        return adder(phases, phase).sum();
    }

    long heldFor(Hold.Reason reason) {
        return adder(reasons, reason).sum();
    }

    Figures figures() {
        return figures;
    }

    @Override
    public void close() {
        meters.forget(this);
    }
}
