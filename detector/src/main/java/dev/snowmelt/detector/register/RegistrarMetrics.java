package dev.snowmelt.detector.register;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/// The registrar's meters.
final class RegistrarMetrics {
    final Counter accepted;
    final Counter unchanged;
    final Counter refused;
    final Counter deadLetters;
    private final Map<Distrust, Counter> untrusted = new EnumMap<>(Distrust.class);

    RegistrarMetrics(MeterRegistry registry) {
        accepted = proposals(registry, "accepted");
        unchanged = proposals(registry, "unchanged");
        refused = proposals(registry, "refused");
        deadLetters = Counter.builder("snowmelt.dead.letters")
                .description("Records that a stage could not use and put into the dead letters")
                .tag("stage", "registrar")
                .register(registry);
        // All of them from the start: an alert on the first one needs the zero before it.
        for (Distrust why : Distrust.values()) {
            untrusted.put(
                    why,
                    Counter.builder("snowmelt.registrar.untrusted")
                            .description("Proposals that did not count because of their signature, by reason")
                            .tag("reason", why.tag())
                            .register(registry));
        }
    }

    Counter untrusted(Distrust why) {
        return Objects.requireNonNull(untrusted.get(why));
    }

    private static Counter proposals(MeterRegistry registry, String result) {
        return Counter.builder("snowmelt.registrar.proposals")
                .description("Proposals by how they were answered")
                .tag("result", result)
                .register(registry);
    }
}
