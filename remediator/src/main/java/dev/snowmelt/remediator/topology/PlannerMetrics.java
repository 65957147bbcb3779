package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.remediator.plan.TargetFigures;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Command.Action;
import dev.snowmelt.v1.Remediation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The planner's meters: what all its tasks count together. What is told by target is
/// [TargetMeters].
final class PlannerMetrics {
    /// From what passes unnoticed to what spoils a day; grace periods are in there.
    private static final Duration[] BOUNDS = Stream.of(
                    "PT0.25S", "PT1S", "PT5S", "PT15S", "PT30S", "PT1M", "PT2M", "PT5M", "PT10M", "PT30M", "PT1H",
                    "PT6H")
            .map(Duration::parse)
            .toArray(Duration[]::new);

    final Counter deadLetters;
    final Counter outcomesWithoutEffect;

    private final MeterRegistry registry;
    private final Set<TaskMetrics> tasks = ConcurrentHashMap.newKeySet();
    private final Map<Action, Timer> issued = new EnumMap<>(Action.class);
    private final Map<Action, Timer> replaced = new EnumMap<>(Action.class);
    private final WorkloadSeries workloads;
    private Instant told = Instant.EPOCH;

    PlannerMetrics(MeterRegistry registry) {
        this.registry = registry;
        deadLetters = Counter.builder("snowmelt.dead.letters")
                .description("Records that a stage could not use and put into the dead letters")
                .tag("stage", "planner")
                .register(registry);
        outcomesWithoutEffect = Counter.builder("snowmelt.planner.outcomes.ignored")
                .description("Outcomes that came twice, too late, or about nothing that is under way")
                .register(registry);
        for (Action action : List.of(Action.REPLACE_INSTANCE, Action.RESTORE_TEMPLATE)) {
            issued.put(action, issued(action));
            replaced.put(action, replaced(action));
        }
        workloads = new WorkloadSeries(registry);
    }

    private Timer issued(Action action) {
        return Timer.builder("snowmelt.planner.issue")
                .description("From the first sight of a drift to the command that ends it")
                .tag("action", name(action))
                .serviceLevelObjectives(BOUNDS)
                .register(registry);
    }

    private Timer replaced(Action action) {
        return Timer.builder("snowmelt.planner.replacement")
                .description("From the first sight of a drift to the proof that it is gone")
                .tag("action", name(action))
                .serviceLevelObjectives(BOUNDS)
                .register(registry);
    }

    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    TaskMetrics task() {
        var task = new TaskMetrics(this);
        tasks.add(task);
        return task;
    }

    TargetMeters target(TargetId target) {
        return new TargetMeters(registry, target);
    }

    void forget(TaskMetrics task) {
        tasks.remove(task);
        tell(null);
    }

    /// The series of workloads are sorted by all tasks together, so once a second is enough.
    ///
    /// @param now null: at once
    synchronized void tell(@Nullable Instant now) {
        if (now != null) {
            if (Duration.between(told, now).abs().toMillis() < 900) {
                return;
            }
            told = now;
        }
        List<TargetFigures> all = tasks.stream()
                .flatMap(task -> task.figures().targets().stream())
                .toList();
        workloads.show(all);
    }

    void entered(Remediation remediation) {
        switch (remediation.getPhase()) {
            case ISSUED -> {
                if (remediation.getAttempt() == 1) {
                    record(issued, remediation, remediation.getIssuedAt());
                }
            }
            case REPLACED -> record(replaced, remediation, remediation.getEndedAt());
            case HELD, TERMINATED, RETIRED, BLOCKED, FAILED, STUCK, RESOLVED, PHASE_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }

    private static void record(Map<Action, Timer> timers, Remediation remediation, com.google.protobuf.Timestamp time) {
        Timer timer = timers.get(remediation.getAction());
        if (timer != null) {
            timer.record(since(remediation, time));
        }
    }

    /// The platform's clock may be ahead of ours.
    private static Duration since(Remediation remediation, com.google.protobuf.Timestamp time) {
        Duration duration = Duration.between(Times.instant(remediation.getDriftedAt()), Times.instant(time));
        return duration.isNegative() ? Duration.ZERO : duration;
    }
}
