package dev.snowmelt.remediator.execute;

/// What a look at a live object found.
///
/// @param <T> what is looked at
public sealed interface Sighting<T> {
    /// It is there.
    record Seen<T>(T what) implements Sighting<T> {}

    /// It is certainly not there any more, or its end has begun and cannot be called off. An empty or
    /// strange answer is not this.
    record Gone<T>(String detail) implements Sighting<T> {}

    /// The look failed, so that nothing is known.
    ///
    /// @param why [Reply.NotNow] or [Reply.Rejected]
    record Unseen<T>(Reply why) implements Sighting<T> {}
}
