package dev.snowmelt.sources.registry.resolve;

import java.time.Duration;
import java.util.Map;

/// Settings of the registry role.
///
/// @param group consumer group that shares the verdicts' partitions among replicas
/// @param kafka properties of every Kafka client, `bootstrap.servers` at least
/// @param concurrency questions that are asked at once, 1 or more
/// @param firstBackoff wait after the first failure, doubled with each further one; more than 0
/// @param longestBackoff longest wait after failures
/// @param confirm how long after a registry's "not known" of a config it is asked once more before
/// that counts, and how long it is believed meanwhile; more than 0
/// @param patience how long the registrar may take before the same is proposed again
public record ResolverSettings(
        String group,
        Map<String, Object> kafka,
        int concurrency,
        Duration firstBackoff,
        Duration longestBackoff,
        Duration confirm,
        Duration patience) {
    /// @throws IllegalArgumentException when a value is out of its range
    public ResolverSettings {
        kafka = Map.copyOf(kafka);
        if (group.isBlank()) {
            throw new IllegalArgumentException("a resolver needs a consumer group");
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency is at least 1, not " + concurrency);
        }
        if (!firstBackoff.isPositive() || !longestBackoff.isPositive() || !confirm.isPositive()) {
            throw new IllegalArgumentException("waits after failures are more than 0");
        }
    }

    /// The defaults: 16 questions at once, 1 s to 5 min after failures, 30 s until "not known" is
    /// confirmed, and 1 min for the registrar.
    public static ResolverSettings of(String group, Map<String, Object> kafka) {
        return new ResolverSettings(
                group,
                kafka,
                16,
                Duration.ofSeconds(1),
                Duration.ofMinutes(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(1));
    }

    /// The same with shorter waits, for tests and demonstrations.
    public ResolverSettings with(Duration first, Duration longest, Duration otherConfirm) {
        return new ResolverSettings(group, kafka, concurrency, first, longest, otherConfirm, patience);
    }
}
