package dev.snowmelt.remediator.execute;

import java.util.Optional;

/// Whether an order may still be carried out: its deadline, the newest declaration, what people
/// paused or exempted.
///
/// What begins allowed need not end so: a restore of several calls takes as long as they do. So
/// whoever looks, or makes another call, before a call that changes something asks immediately
/// before that one.
@FunctionalInterface
public interface Permit {
    /// As of now, which takes as long as Kafka takes to tell.
    ///
    /// @return why not, Refused or NotNow; empty: it may be carried out
    Optional<Reply> objection();
}
