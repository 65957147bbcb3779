package dev.snowmelt.detector.collect;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Who of a target's collectors is the active one.
public interface Leadership {
    /// True while nobody else can be active.
    boolean held();

    /// Tries once to become active.
    ///
    /// @param usedEpoch the highest epoch known to have been used
    /// @return the epoch, above every one before; empty: another process is active
    /// @throws LookException when that cannot be found out
    OptionalLong tryAcquire(LongSupplier usedEpoch) throws LookException;

    /// Tries once to stay active; [#held] tells whether it did.
    ///
    /// @throws LookException when that cannot be found out
    void renew() throws LookException;

    /// Steps down, so that another process need not wait.
    ///
    /// @throws LookException when nobody could be told
    void release() throws LookException;

    /// Pause between two attempts to become or stay active.
    Duration retry();
}
