package dev.snowmelt.remediator.execute;

import dev.snowmelt.fingerprint.judge.JudgeRules;
import java.time.Duration;
import java.util.Map;

/// Settings of an executor.
///
/// @param group consumer group; all its members must have the same targets
/// @param kafka properties of every Kafka client, `bootstrap.servers` at least
/// @param concurrency how many commands (of different workloads) are carried out at once, 1 or more
/// @param catchUpTimeout how long a command waits until `declarations` or `overrides` are read to their end, before it
/// is answered
/// with BLOCKED
/// @param rules what the last look judges by; the detector must have the same
public record ExecutorSettings(
        String group, Map<String, Object> kafka, int concurrency, Duration catchUpTimeout, JudgeRules rules) {
    /// @throws IllegalArgumentException when a value is out of its range
    public ExecutorSettings {
        kafka = Map.copyOf(kafka);
        if (group.isBlank()) {
            throw new IllegalArgumentException("an executor needs a consumer group");
        }
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency is at least 1, not " + concurrency);
        }
        if (catchUpTimeout.isNegative() || catchUpTimeout.isZero()) {
            throw new IllegalArgumentException("catch-up timeout is more than 0, not " + catchUpTimeout);
        }
    }

    /// The defaults: 16 commands at once, 10 s to catch up, no registry.
    public static ExecutorSettings of(String group, Map<String, Object> kafka) {
        return new ExecutorSettings(group, kafka, 16, Duration.ofSeconds(10), JudgeRules.DEFAULT);
    }

    /// The same judging by other rules.
    public ExecutorSettings with(JudgeRules otherRules) {
        return new ExecutorSettings(group, kafka, concurrency, catchUpTimeout, otherRules);
    }
}
