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

    /// The registry that the image id names does not know it.
    ///
    /// @param detail the registry's words
    record Missing(String detail) implements Finding {}

    /// It cannot be told, or not now.
    ///
    /// @param reason for metrics, a word
    /// @param detail why, one sentence
    /// @param pause how long a registry wants to be left alone; zero: it did not say
    record Untold(String reason, String detail, Duration pause) implements Finding {}
}
