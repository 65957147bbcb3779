package dev.snowmelt.detector.collect;

import java.util.function.Consumer;

/// What a session gives to the platform's half of it.
///
/// @param publisher writes what is seen; as long as the session lives
/// @param problems what is wrong now, by place (such as `watch pods`): what is wrong with a list is
/// told by its exception instead
/// @param metrics the meters that every collector has
/// @param listAgain to be called when only a list can tell what was missed; how soon it comes
/// depends on how often that is
/// @param failed to be called when the session cannot go on, as a fault in a thread that follows
/// events: a new one begins with a snapshot
public record Surroundings(
        Publisher publisher,
        Problems problems,
        CollectorMetrics metrics,
        Runnable listAgain,
        Consumer<RuntimeException> failed) {}
