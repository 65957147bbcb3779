package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.remediator.plan.Figures;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.Remediation.Phase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/// The planner's meters.
final class PlannerMetrics {
    final Counter deadLetters;
    final Counter outcomesWithoutEffect;

    private final MeterRegistry registry;
    private final Set<TaskMetrics> tasks = ConcurrentHashMap.newKeySet();
    private final Timer issued;
    private final Timer replaced;

    PlannerMetrics(MeterRegistry registry) {
        this.registry = registry;
        deadLetters = Counter.builder("snowmelt.planner.dead.letters")
                .description("Records that could not be read and went to the dead letters")
                .register(registry);
        outcomesWithoutEffect = Counter.builder("snowmelt.planner.outcomes.ignored")
                .description("Outcomes that came twice, too late, or about nothing that is under way")
                .register(registry);
        issued = timer("snowmelt.remediation.issue", "From the first sight of a drift to the command");
        replaced = timer(
                "snowmelt.remediation.replace", "From the first sight of a drift to the proof of its replacement");
        for (Phase phase : Phase.values()) {
            if (phase != Phase.PHASE_UNSPECIFIED && phase != Phase.UNRECOGNIZED) {
                Gauge.builder("snowmelt.remediations", () -> sum(task -> task.in(phase)))
                        .description("Remediations by where they stand; ended ones are kept 30 days")
                        .tag("phase", name(phase))
                        .register(registry);
            }
        }
        for (Hold.Reason reason : Hold.Reason.values()) {
            if (reason != Hold.Reason.REASON_UNSPECIFIED && reason != Hold.Reason.UNRECOGNIZED) {
                Gauge.builder("snowmelt.remediations.held", () -> sum(task -> task.heldFor(reason)))
                        .description("Remediations that wait, by why")
                        .tag("reason", name(reason))
                        .register(registry);
            }
        }
        figure("snowmelt.planner.instances", "Instances in the census", Figures::instances);
        figure("snowmelt.planner.drifted", "Instances that are drifted", Figures::drifted);
        figure("snowmelt.planner.breakers.open", "Targets whose breaker is open", Figures::openBreakers);
        figure("snowmelt.planner.pauses", "Pauses in force", Figures::pauses);
        figure("snowmelt.planner.suspended.workloads", "Suspended workloads", Figures::suspendedWorkloads);
        figure("snowmelt.planner.suspended.targets", "Suspended targets", Figures::suspendedTargets);
        figure(
                "snowmelt.planner.unseen.targets",
                "Targets whose first complete snapshot has not come",
                Figures::unseenTargets);
    }

    private void figure(String meter, String description, ToLongFunction<Figures> figure) {
        Gauge.builder(meter, () -> sum(task -> figure.applyAsLong(task.figures())))
                .description(description)
                .register(registry);
    }

    private Timer timer(String meter, String description) {
        return Timer.builder(meter)
                .description(description)
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(10))
                .maximumExpectedValue(Duration.ofHours(1))
                .register(registry);
    }

    private long sum(ToLongFunction<TaskMetrics> of) {
        return tasks.stream().mapToLong(of).sum();
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    TaskMetrics task() {
        var task = new TaskMetrics(this);
        tasks.add(task);
        return task;
    }

    void forget(TaskMetrics task) {
        tasks.remove(task);
    }

    void entered(Remediation remediation) {
        switch (remediation.getPhase()) {
            case ISSUED -> {
                if (remediation.getAttempt() == 1) {
                    issued.record(since(remediation, remediation.getIssuedAt()));
                }
            }
            case REPLACED -> replaced.record(since(remediation, remediation.getEndedAt()));
            case HELD, TERMINATED, RETIRED, BLOCKED, FAILED, STUCK, RESOLVED, PHASE_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }

    /// The platform's clock may be ahead of ours.
    private static Duration since(Remediation remediation, com.google.protobuf.Timestamp time) {
        Duration duration = Duration.between(Times.instant(remediation.getDriftedAt()), Times.instant(time));
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
