package dev.snowmelt.cli.declare;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/// What a watcher says of itself in numbers.
final class WatchMetrics {
    final AtomicInteger documents = new AtomicInteger();
    final AtomicInteger faults = new AtomicInteger();
    final AtomicInteger conflicts = new AtomicInteger();
    final AtomicInteger vanished = new AtomicInteger();
    final Counter published;
    final Counter refused;
    final Counter removed;

    WatchMetrics(MeterRegistry registry) {
        gauge(registry, "snowmelt.watch.documents", documents, "Documents in the folder that may be declared.");
        gauge(registry, "snowmelt.watch.faults", faults, "Faults in the folder.");
        gauge(
                registry,
                "snowmelt.watch.conflicts",
                conflicts,
                "Documents not published because somebody else declared the workload.");
        gauge(
                registry,
                "snowmelt.watch.vanished",
                vanished,
                "Declarations of this watcher that have no document any more.");
        published = counter(registry, "snowmelt.watch.published", "Documents that were declared.");
        refused = counter(registry, "snowmelt.watch.refused", "Documents and removals that the registrar refused.");
        removed = counter(
                registry, "snowmelt.watch.removed", "Declarations that were removed because their documents vanished.");
    }

    private static void gauge(MeterRegistry registry, String name, AtomicInteger number, String description) {
        Gauge.builder(name, number, AtomicInteger::get).description(description).register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }
}
