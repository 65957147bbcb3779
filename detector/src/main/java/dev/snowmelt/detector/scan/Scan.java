package dev.snowmelt.detector.scan;

import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ScanRequest;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// A scan that somebody asked for, and that can be answered.
///
/// @param id partition and offset of the request
/// @param request as it was asked for
/// @param asked when, by the broker's clock
/// @param deadline when the report is made at the latest
/// @param targets what is in scope, the targets of the workloads included; empty: every declared or
/// watched target
/// @param workloads in scope; empty: all of the targets
public record Scan(
        RecordId id,
        ScanRequest request,
        Instant asked,
        Instant deadline,
        Set<TargetId> targets,
        List<WorkloadId> workloads) {

    /// Keeps copies.
    public Scan {
        targets = Set.copyOf(targets);
        workloads = List.copyOf(workloads);
    }

    /// True when the target is in scope.
    public boolean covers(TargetId target) {
        return targets.isEmpty() || targets.contains(target);
    }

    /// The targets in scope, by name.
    public Set<TargetId> sortedTargets() {
        var sorted = new TreeSet<TargetId>(Comparator.naturalOrder());
        sorted.addAll(targets);
        return sorted;
    }

    /// Its workloads in a target, by name; none: all of that target.
    public List<WorkloadId> workloadsIn(TargetId target) {
        return workloads.stream()
                .filter(workload -> workload.target().equals(target))
                .sorted()
                .toList();
    }
}
