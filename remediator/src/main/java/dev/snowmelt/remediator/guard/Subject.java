package dev.snowmelt.remediator.guard;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.v1.Verdict;

/// What would be acted on.
public sealed interface Subject {
    /// An instance that would be terminated so that its controller creates another.
    record OfInstance(InstanceId id, Verdict verdict) implements Subject {}

    /// The workload's template, which would be restored; its controller would then replace every replica.
    record OfTemplate() implements Subject {}
}
