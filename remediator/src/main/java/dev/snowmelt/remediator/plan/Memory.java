package dev.snowmelt.remediator.plan;

import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.WorkloadStanding;

/// What the planner remembers across restarts, one table a kind of fact. What is written together with what is sent
/// to the [Outbox] in one call of [TaskPlanner] becomes true together.
public interface Memory {
    /// Newest verdicts.
    Table<SubjectKey, CensusEntry> census();

    /// Remediations, ended ones included until they are forgotten.
    Table<SubjectKey, TrackedRemediation> remediations();

    /// Overrides, those of every target included.
    Table<OverrideKey, Override> overrides();

    /// What is remembered of targets.
    Table<TargetId, TargetStanding> targets();

    /// What is remembered of workloads.
    Table<WorkloadId, WorkloadStanding> workloads();
}
