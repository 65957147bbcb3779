package dev.snowmelt.remediator.guard;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.TargetStanding;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A target at one moment.
///
/// @param id the target
/// @param overrides what people have said about it and its workloads
/// @param standing what the planner remembers of it
/// @param instances how many instances its census knows
/// @param drifted how many of them are DRIFTED
/// @param newlyOutdated how many of them are OUTDATED by declarations of the last few minutes
/// @param restarting instances of other workloads that Snowmelt itself has under way there, what
/// restores of templates restart included
/// @param unsettledUntil until when the census counts as moving; null: it is settled
/// @param rolling workloads that have outdated instances in flight
/// @param restoring workloads whose template is being restored; not those whose restore is STUCK:
/// nobody knows when that ends
public record TargetView(
        TargetId id,
        Overrides overrides,
        TargetStanding standing,
        long instances,
        long drifted,
        long newlyOutdated,
        long restarting,
        @Nullable Instant unsettledUntil,
        Set<WorkloadId> rolling,
        Set<WorkloadId> restoring) {}
