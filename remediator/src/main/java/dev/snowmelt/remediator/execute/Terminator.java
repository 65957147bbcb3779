package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.InstanceId;

/// Terminates instances.
public interface Terminator {
    /// Asks the platform once, without repeating the call by itself, to terminate what was looked at and nothing else.
    /// Returns within a bounded time.
    Reply terminate(InstanceId instance, LiveInstance seen);
}
