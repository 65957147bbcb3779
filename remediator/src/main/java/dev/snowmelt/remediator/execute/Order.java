package dev.snowmelt.remediator.execute;

import com.google.protobuf.Timestamp;
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
        return instant(command().getExpiresAt());
    }

    /// When the planner issued it, by its clock.
    default Instant issuedAt() {
        return instant(command().getIssuedAt());
    }

    private static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    /// Replace an instance.
    record Replace(Command command, WorkloadId workload, InstanceId instance) implements Order {}

    /// Restore a template.
    record Restore(Command command, WorkloadId workload) implements Order {}
}
