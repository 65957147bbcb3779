package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/// The executor's meters. Tags are bounded: targets, actions and results, never workloads.
final class ExecutorMeters {
    private static final Duration[] BOUNDS = LongStream.of(
                    50, 100, 250, 500, 1_000, 2_500, 5_000, 15_000, 30_000, 120_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Counter duplicates;
    private final Counter deadLetters;
    private final Map<TargetId, AtomicInteger> pending = new HashMap<>();

    /// @param targets those that it has platforms for
    ExecutorMeters(MeterRegistry registry, Set<TargetId> targets) {
        this.registry = registry;
        this.duplicates = Counter.builder("snowmelt.executor.duplicates")
                .description("Commands that had been answered before and were answered again without a call")
                .register(registry);
        this.deadLetters = Counter.builder("snowmelt.dead.letters")
                .description("Records that a stage could not use and put into the dead letters")
                .tag("stage", Executor.STAGE)
                .register(registry);
        for (TargetId target : targets) {
            var count = new AtomicInteger();
            pending.put(target, count);
            Gauge.builder("snowmelt.executor.pending", count, AtomicInteger::get)
                    .description("Commands that were read and whose outcome is not acknowledged yet")
                    .tag("target", target.toString())
                    .register(registry);
        }
    }

    void begun(Order order) {
        count(order, 1);
    }

    void acknowledged(Order order) {
        count(order, -1);
    }

    private void count(Order order, int by) {
        AtomicInteger its = pending.get(order.workload().target());
        if (its != null) {
            its.addAndGet(by);
        }
    }

    void duplicate() {
        duplicates.increment();
    }

    void deadLetter() {
        deadLetters.increment();
    }

    void finished(Order order, Outcome outcome) {
        Tags tags = Tags.of(
                "target",
                order.workload().target().toString(),
                "action",
                order.command().getAction().name().toLowerCase(Locale.ROOT),
                "result",
                outcome.getResult().name().toLowerCase(Locale.ROOT));
        Counter.builder("snowmelt.executor.outcomes")
                .description("Outcomes of commands")
                .tags(tags)
                .register(registry)
                .increment();
        var at = outcome.getAt();
        if (order.command().hasIssuedAt()) {
            Timer.builder("snowmelt.executor.commands")
                    .description("From the issue of a command to its answer")
                    .tags(tags)
                    .serviceLevelObjectives(BOUNDS)
                    .register(registry)
                    .record(Duration.between(order.issuedAt(), Instant.ofEpochSecond(at.getSeconds(), at.getNanos())));
        }
    }
}
