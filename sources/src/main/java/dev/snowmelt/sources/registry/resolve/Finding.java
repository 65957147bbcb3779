package dev.snowmelt.sources.registry.resolve;

import java.time.Duration;

/// What registries say of a digest that runs.
sealed interface Finding {
    /// It is the declared image.
    ///
    /// @param detail why, one sentence
    record Accepted(String detail) implements Finding {}

    /// It is another image.
    ///
    /// @param detail why, one sentence
    record Another(String detail) implements Finding {}

    /// It is a config, and the config of no declared image: another image, if the registry that was
    /// asked still says so in a while.
    ///
    /// @param detail why, one sentence
    record Missing(String detail) implements Finding {}

    /// It cannot be told, or not now.
    ///
    /// @param reason for metrics, a word
    /// @param detail why, one sentence
    /// @param pause how long a registry wants to be left alone; zero: it did not say
    record Untold(String reason, String detail, Duration pause) implements Finding {}
}
