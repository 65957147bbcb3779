package dev.snowmelt.detector.collect.kubernetes;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/// Who of a target's collectors is the active one.
interface Leadership {
    /// True while nobody else can be active.
    boolean held();

    /// Tries once to become active.
    ///
    /// @param usedEpoch the highest epoch known to have been used
    /// @return the epoch, above every one before; empty: another process is active
    /// @throws ApiException when that cannot be found out
    OptionalLong tryAcquire(LongSupplier usedEpoch) throws ApiException;

    /// Tries once to stay active; [#held] tells whether it did.
    ///
    /// @throws ApiException when that cannot be found out
    void renew() throws ApiException;

    /// Steps down, so that another process need not wait.
    ///
    /// @throws ApiException when nobody could be told
    void release() throws ApiException;

    /// Pause between two attempts to become or stay active.
    Duration retry();
}
