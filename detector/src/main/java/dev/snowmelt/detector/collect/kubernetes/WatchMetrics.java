package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.schemas.id.TargetId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// The meters of watches, beside those that every collector has.
record WatchMetrics(MeterRegistry registry, TargetId target) {
    /// @param reason `ended`, `broken`, `refused` or `expired`
    void ended(ApiResource<?> resource, String reason) {
        Counter.builder("snowmelt.collector.watches.ended")
                .description("Watches that ended, by reason")
                .tags("target", target.toString(), "resource", resource.plural(), "reason", reason)
                .register(registry)
                .increment();
    }
}
