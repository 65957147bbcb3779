package dev.snowmelt.remediator.execute;

import dev.snowmelt.v1.WorkloadStatus;

/// A workload as it is now, with the template it would create from.
///
/// @param version what changes whenever the object does
/// @param status its status and template
public record LiveTemplate(String version, WorkloadStatus status) {}
