package dev.snowmelt.remediator.plan;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// How a target stands, for gauges.
///
/// @param at when it stood so
/// @param instances of the census, by their newest verdict
/// @param drifts differences of drifted instances, and those of workloads as a whole, by kind
/// @param declaredWorkloads workloads that are declared there, seen or not
/// @param seen its first complete snapshot has come
/// @param lastComplete how old the picture of it is: since its last complete snapshot, or since
/// this planner heard of it first
/// @param breakerOpen all terminations are stopped until a person resumes it
/// @param paused a person paused it, or everything
/// @param pausedWorkloads pauses of single workloads
/// @param suspended Snowmelt has stopped itself there
/// @param suspendedWorkloads workloads that are suspended, and since when
/// @param open what is still open, by workload and reason
public record TargetFigures(
        TargetId target,
        Instant at,
        Map<Verdict.State, Long> instances,
        Map<Drift.Kind, Long> drifts,
        long declaredWorkloads,
        boolean seen,
        Instant lastComplete,
        boolean breakerOpen,
        boolean paused,
        int pausedWorkloads,
        boolean suspended,
        Map<WorkloadId, Instant> suspendedWorkloads,
        List<OpenFinding> open) {

    /// Since when the oldest open finding is there; zero: there is none.
    public Duration oldestOpen() {
        return open.stream()
                .map(OpenFinding::since)
                .min(Comparator.naturalOrder())
                .map(since -> age(since))
                .orElse(Duration.ZERO);
    }

    /// How long ago it was at [#at]; clocks may disagree, and nothing is of tomorrow.
    public Duration age(Instant since) {
        return since.isBefore(at) ? Duration.between(since, at) : Duration.ZERO;
    }
}
