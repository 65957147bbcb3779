package dev.snowmelt.remediator.execute;

import dev.snowmelt.v1.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/// The executor's meters. Tags are bounded: actions, results and stages, never workloads.
final class ExecutorMeters {
    private final MeterRegistry registry;
    private final Counter duplicates;
    private final Counter deadLetters;
    private final AtomicInteger pending = new AtomicInteger();

    ExecutorMeters(MeterRegistry registry) {
        this.registry = registry;
        this.duplicates = Counter.builder("snowmelt.executor.duplicates")
                .description("Commands that had been answered before and were answered again without a call")
                .register(registry);
        this.deadLetters = Counter.builder("snowmelt.executor.dead.letters")
                .description("Records that the executor could not read")
                .register(registry);
        Gauge.builder("snowmelt.executor.pending", pending, AtomicInteger::get)
                .description("Commands that were read and whose outcome is not acknowledged yet")
                .register(registry);
    }

    void begun() {
        pending.incrementAndGet();
    }

    void acknowledged() {
        pending.decrementAndGet();
    }

    void duplicate() {
        duplicates.increment();
    }

    void deadLetter() {
        deadLetters.increment();
    }

    void finished(Order order, Outcome outcome) {
        String action = order.command().getAction().name().toLowerCase(Locale.ROOT);
        String result = outcome.getResult().name().toLowerCase(Locale.ROOT);
        Counter.builder("snowmelt.executor.outcomes")
                .description("Outcomes of commands")
                .tag("action", action)
                .tag("result", result)
                .register(registry)
                .increment();
        var issued = order.command().getIssuedAt();
        var at = outcome.getAt();
        if (order.command().hasIssuedAt()) {
            Timer.builder("snowmelt.executor.command")
                    .description("From the issue of a command to its answer")
                    .tag("action", action)
                    .tag("result", result)
                    .register(registry)
                    .record(Duration.between(
                            Instant.ofEpochSecond(issued.getSeconds(), issued.getNanos()),
                            Instant.ofEpochSecond(at.getSeconds(), at.getNanos())));
        }
    }
}
