package dev.snowmelt.cli.once;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declare;
import java.util.List;
import java.util.Optional;

/// A scan without a broker looks at one cluster: what it is asked for and judges by must be in
/// there, or it would be clean because nothing of it was looked at.
public final class OneCluster {
    private OneCluster() {}

    /// What is of another target than the cluster's; empty: nothing.
    ///
    /// @param target what the cluster is called
    /// @param workloads that were asked for, well-formed
    /// @param declarations to judge by, checked
    public static Optional<String> fault(TargetId target, List<String> workloads, List<Declare> declarations) {
        return foreign(target, workloads, "is not in this cluster")
                .or(() -> foreign(
                        target,
                        declarations.stream().map(Declare::getWorkload).toList(),
                        "is declared, but is not in this cluster"));
    }

    private static Optional<String> foreign(TargetId target, List<String> workloads, String what) {
        List<String> foreign = workloads.stream()
                .filter(workload -> !WorkloadId.parse(workload).target().equals(target))
                .toList();
        if (foreign.isEmpty()) {
            return Optional.empty();
        }
        String first = foreign.getFirst();
        String more = foreign.size() == 1 ? "" : " (nor are " + (foreign.size() - 1) + " more)";
        return Optional.of(first + " " + what + more + ", which is called " + target + "; --target "
                + WorkloadId.parse(first).target() + " calls it so.");
    }
}
