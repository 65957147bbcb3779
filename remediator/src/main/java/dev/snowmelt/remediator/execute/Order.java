package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import java.time.Instant;

/// A command that was read and makes sense.
public sealed interface Order {
    /// The command as it came.
    Command command();

    /// The workload it is about.
    WorkloadId workload();

    /// From this moment on it must not be carried out.
    default Instant expiresAt() {
        var expires = command().getExpiresAt();
        return Instant.ofEpochSecond(expires.getSeconds(), expires.getNanos());
    }

    /// Replace an instance.
    record Replace(Command command, WorkloadId workload, InstanceId instance) implements Order {}

    /// Restore a template.
    record Restore(Command command, WorkloadId workload) implements Order {}
}
