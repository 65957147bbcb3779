package dev.snowmelt.sources.packer;

import dev.snowmelt.schemas.id.WorkloadId;
import java.util.List;
import java.util.Optional;

/// Which builds are meant, and what runs them: Packer knows images and no workloads.
///
/// @param workloads what must run the image; at least one
/// @param run id of a run; empty: the last one
/// @param builds names of builds, the main one first; empty: the only one that fits
/// @param container the container in a Kubernetes workload; empty: none was named
/// @param image the name that a Docker image was pushed under; empty: as the manifest says
public record PackerChoice(
        List<WorkloadId> workloads,
        Optional<String> run,
        List<String> builds,
        Optional<String> container,
        Optional<String> image) {
    /// Keeps copies.
    public PackerChoice {
        workloads = List.copyOf(workloads);
        builds = List.copyOf(builds);
    }

    /// The last run's only fitting build.
    public static PackerChoice of(List<WorkloadId> workloads) {
        return new PackerChoice(workloads, Optional.empty(), List.of(), Optional.empty(), Optional.empty());
    }
}
