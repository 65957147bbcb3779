package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.plan.TargetFigures;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// The meters of one target; they go when its task does, for another process may have it then.
final class TargetMeters implements AutoCloseable {
    private final MeterRegistry registry;
    private final Tags target;
    private final List<Meter> meters = new ArrayList<>();
    private final List<Meter> standing = new ArrayList<>();
    private final Map<Phase, LongAdder> phases = new EnumMap<>(Phase.class);
    private final Map<Phase, Counter> transitions = new EnumMap<>(Phase.class);
    private final Map<Hold.Reason, LongAdder> holds = new EnumMap<>(Hold.Reason.class);
    private volatile @Nullable TargetFigures figures;

    TargetMeters(MeterRegistry registry, TargetId target) {
        this.registry = registry;
        this.target = Tags.of("target", target.toString());
        for (Phase phase : Phase.values()) {
            if (phase != Phase.PHASE_UNSPECIFIED && phase != Phase.UNRECOGNIZED) {
                phase(phase);
            }
        }
    }

    private void phase(Phase phase) {
        var adder = new LongAdder();
        phases.put(phase, adder);
        keep(Gauge.builder("snowmelt.planner.remediations", adder, LongAdder::sum)
                .description("Remediations by where they stand; ended ones are kept 30 days")
                .tags(target.and("phase", PlannerMetrics.name(phase)))
                .register(registry));
        transitions.put(
                phase,
                keep(Counter.builder("snowmelt.planner.transitions")
                        .description("Remediations that entered a phase")
                        .tags(target.and("phase", PlannerMetrics.name(phase)))
                        .register(registry)));
    }

    private <M extends Meter> M keep(M meter) {
        meters.add(meter);
        return meter;
    }

    /// A remediation is counted where it stands now.
    void moved(@Nullable Remediation before, @Nullable Remediation after) {
        count(before, -1);
        count(after, 1);
    }

    private void count(@Nullable Remediation remediation, int by) {
        if (remediation == null) {
            return;
        }
        LongAdder phase = phases.get(remediation.getPhase());
        if (phase != null) {
            phase.add(by);
        }
        if (remediation.hasHold()) {
            holds.computeIfAbsent(remediation.getHold().getReason(), this::hold).add(by);
        }
    }

    /// Most reasons never come up in a target: each has a series from when it first does.
    private LongAdder hold(Hold.Reason reason) {
        var adder = new LongAdder();
        keep(Gauge.builder("snowmelt.planner.holds", adder, LongAdder::sum)
                .description("Remediations that wait, by why")
                .tags(target.and("reason", PlannerMetrics.name(reason)))
                .register(registry));
        return adder;
    }

    void entered(Remediation remediation) {
        Counter transition = transitions.get(remediation.getPhase());
        if (transition != null) {
            transition.increment();
        }
    }

    /// How the target stands now.
    void stand(TargetFigures now) {
        boolean first = figures == null;
        figures = now;
        if (first) {
            show(now);
        }
    }

    /// Nothing is known of the target any more.
    void standNoMore() {
        figures = null;
        standing.forEach(registry::remove);
        standing.clear();
    }

    private void show(TargetFigures known) {
        for (Verdict.State state : known.instances().keySet()) {
            figure(
                    "snowmelt.planner.instances",
                    "Instances in the census, by their newest verdict",
                    target.and("verdict", PlannerMetrics.name(state)),
                    now -> now.instances().getOrDefault(state, 0L));
        }
        for (Drift.Kind kind : known.drifts().keySet()) {
            figure(
                    "snowmelt.planner.drifts",
                    "Differences found in drifted instances, and those of workloads as a whole",
                    target.and("kind", PlannerMetrics.name(kind)),
                    now -> now.drifts().getOrDefault(kind, 0L));
        }
        figure(
                "snowmelt.planner.declared.workloads",
                "Workloads that are declared, seen or not",
                target,
                TargetFigures::declaredWorkloads);
        seconds(
                "snowmelt.planner.oldest.open",
                "How long ago the oldest open snowflake was first seen; 0: there is none",
                now -> now.oldestOpen().toMillis() / 1e3);
        seconds(
                "snowmelt.planner.snapshot.age",
                "Since the last complete snapshot was settled, or, before the first, since the planner heard of the"
                        + " target",
                now -> now.age(now.lastComplete()).toMillis() / 1e3);
        figure("snowmelt.planner.seen", "1 when the first complete snapshot has come", target, now -> bit(now.seen()));
        figure(
                "snowmelt.planner.breaker.open",
                "1 when too many are drifted: nothing is terminated until a person resumes",
                target,
                now -> bit(now.breakerOpen()));
        figure(
                "snowmelt.planner.paused",
                "1 when a person paused the target, or everything",
                target,
                now -> bit(now.paused()));
        figure(
                "snowmelt.planner.paused.workloads",
                "Pauses of single workloads in force",
                target,
                TargetFigures::pausedWorkloads);
        figure(
                "snowmelt.planner.target.suspended",
                "1 when Snowmelt has stopped itself in the whole target until a person resumes",
                target,
                now -> bit(now.suspended()));
        figure(
                "snowmelt.planner.suspended.workloads",
                "Workloads where Snowmelt has stopped itself until a person resumes",
                target,
                now -> now.suspendedWorkloads().size());
    }

    private static int bit(boolean is) {
        return is ? 1 : 0;
    }

    private void seconds(String name, String description, ToDoubleFunction<TargetFigures> figure) {
        standing.add(Gauge.builder(name, read(figure))
                .description(description)
                .baseUnit("seconds")
                .tags(target)
                .register(registry));
    }

    private void figure(String name, String description, Tags tags, ToDoubleFunction<TargetFigures> figure) {
        standing.add(Gauge.builder(name, read(figure))
                .description(description)
                .tags(tags)
                .register(registry));
    }

    private Supplier<Number> read(ToDoubleFunction<TargetFigures> figure) {
        return () -> {
            TargetFigures now = figures;
            return now == null ? Double.NaN : figure.applyAsDouble(now);
        };
    }

    @Override
    public void close() {
        standNoMore();
        meters.forEach(registry::remove);
    }
}
