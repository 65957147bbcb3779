package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Instant;
import java.util.Optional;

/// All that a guard may know when it is asked "may this be acted on now?".
///
/// @param now the planner's time
/// @param subject what would be acted on
/// @param workload the workload it belongs to, with the slots that are spent at this moment
/// @param target the target that the workload belongs to
/// @param settings what an operator has set for all targets
public record Case(Instant now, Subject subject, WorkloadView workload, TargetView target, GuardSettings settings) {

    /// The policy in force; without a declaration the default instance, whose mode is read as OBSERVE.
    public RemediationPolicy policy() {
        WorkloadVerdict verdict = workload.verdict();
        return verdict == null ? RemediationPolicy.getDefaultInstance() : verdict.getPolicy();
    }

    /// What the platform says of the workload as a whole; empty when that was never seen.
    public Optional<WorkloadStatus> status() {
        WorkloadVerdict verdict = workload.verdict();
        return verdict == null || !verdict.hasStatus() ? Optional.empty() : Optional.of(verdict.getStatus());
    }

    /// The newest declared revision; 0: none, or not known.
    public long revision() {
        WorkloadVerdict verdict = workload.verdict();
        return verdict == null ? 0 : verdict.getRevision();
    }

    /// The same case with another state of the workload.
    public Case with(WorkloadView other) {
        return new Case(now, subject, other, target, settings);
    }
}
