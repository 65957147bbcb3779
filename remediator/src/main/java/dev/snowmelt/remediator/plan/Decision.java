package dev.snowmelt.remediator.plan;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.TrackedRemediation;

/// What the rules decided about one workload.
sealed interface Decision {
    /// A remediation goes on: it is held, blocked, stuck, proven, resolved; its phase says which.
    record Advance(SubjectKey key, TrackedRemediation next) implements Decision {}

    /// A slot is spent and a command goes out, together.
    record Issue(SubjectKey key, TrackedRemediation next, Command command) implements Decision {}

    /// An instance is the replacement of another, and of no other any more.
    record Attribute(InstanceId replacement, InstanceId replaced) implements Decision {}

    /// The workload gets no further commands until a person resumes it.
    ///
    /// @param untilProven or until what is STUCK there is proven, if nothing else suspends it
    record Suspend(String because, boolean untilProven) implements Decision {}

    /// What the workload is suspended for is over.
    record EndSuspension() implements Decision {}

    /// The workload's revision needs a person's approval, also when the change is no longer recent.
    record RequireApproval(long revision) implements Decision {}

    /// Nothing is recorded of it any more: the workload's mode is OFF.
    record Forget(SubjectKey key) implements Decision {}
}
