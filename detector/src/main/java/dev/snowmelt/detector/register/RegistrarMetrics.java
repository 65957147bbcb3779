package dev.snowmelt.detector.register;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// The registrar's meters.
final class RegistrarMetrics {
    final Counter accepted;
    final Counter unchanged;
    final Counter refused;
    final Counter deadLetters;

    RegistrarMetrics(MeterRegistry registry) {
        accepted = proposals(registry, "accepted");
        unchanged = proposals(registry, "unchanged");
        refused = proposals(registry, "refused");
        deadLetters = Counter.builder("snowmelt.registrar.dead.letters")
                .description("Records of the proposals' topic that could not be read")
                .register(registry);
    }

    private static Counter proposals(MeterRegistry registry, String result) {
        return Counter.builder("snowmelt.registrar.proposals")
                .description("Proposals by how they were answered")
                .tag("result", result)
                .register(registry);
    }
}
