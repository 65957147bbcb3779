package dev.snowmelt.detector.collect;

/// How a collector is.
///
/// @param state what it is doing
/// @param problem what is wrong, one sentence; empty: nothing
/// @param epoch its lease's epoch; 0: it holds none
public record CollectorHealth(State state, String problem, long epoch) {
    /// What a collector can be doing.
    public enum State {
        /// Not started, or closed.
        STOPPED,
        /// Waits for the lease, which another replica holds, or cannot get at it.
        STANDBY,
        /// Takes its first snapshot.
        LISTING,
        /// Follows the target.
        WATCHING
    }

    /// True when it does its part: it follows the target, or stands by for the one that does, and
    /// nothing is wrong.
    public boolean ready() {
        return problem.isEmpty() && (state == State.WATCHING || state == State.STANDBY);
    }
}
