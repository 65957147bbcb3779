package dev.snowmelt.detector.register;

import java.nio.file.Path;
import java.util.Map;

/// Where the registrar runs.
///
/// @param bootstrapServers `host:port` with commas
/// @param stateDir folder of its stores; safe to lose, they are restored from Kafka
/// @param member name of this process among the registrar's replicas, stable over restarts (a pod's name): static
/// membership; empty: it leaves the group when it is closed
/// @param kafka further client settings (security); may be empty
public record RegistrarSettings(String bootstrapServers, Path stateDir, String member, Map<String, Object> kafka) {
    /// Keeps a copy of the client settings.
    public RegistrarSettings {
        kafka = Map.copyOf(kafka);
    }
}
