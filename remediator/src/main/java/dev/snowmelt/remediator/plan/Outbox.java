package dev.snowmelt.remediator.plan;

import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Remediation;
import org.jspecify.annotations.Nullable;

/// What the planner says to the world.
public interface Outbox {
    /// An order to an executor.
    void command(WorkloadId workload, Command command);

    /// A remediation changed.
    ///
    /// @param before null: it began
    /// @param after null: it is forgotten
    void remediation(SubjectKey key, @Nullable Remediation before, @Nullable Remediation after);

    /// Proof for auditors.
    void evidence(WorkloadId workload, Evidence evidence);

    /// A wish to the registrar.
    void proposal(TargetId about, Proposal proposal);
}
