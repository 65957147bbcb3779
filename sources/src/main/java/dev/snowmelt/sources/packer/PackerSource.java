package dev.snowmelt.sources.packer;

import dev.snowmelt.schemas.id.TargetId.Platform;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Found.Remark;
import dev.snowmelt.sources.SourceException;
import dev.snowmelt.sources.SourceException.Fault;
import dev.snowmelt.sources.packer.Artifact.ImageId;
import dev.snowmelt.sources.packer.Artifact.ImageName;
import dev.snowmelt.sources.packer.Artifact.Incomparable;
import dev.snowmelt.sources.packer.Artifact.MachineImages;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/// Declares what Packer baked.
///
/// On AWS the workload's target decides which region's AMI is meant. A Docker build is known by the
/// digest of its config (`sha256:…`, the image id), by a name, or, when the post-processor ran
/// before and after `docker-tag`, by both. A `baseline_root` in the post-processor's `custom_data`
/// is kept.
public final class PackerSource {
    /// A manifest grows by some hundred bytes a build; nobody reads one of this size.
    public static final int LIMIT = 16 << 20;

    /// The slot of a machine image.
    private static final String AMI = "ami";

    private final String file;
    private final PackerChoice choice;
    private final List<Declare> declarations = new ArrayList<>();
    private final List<Remark> remarks = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();

    private PackerSource(String file, PackerChoice choice) {
        this.file = file;
        this.choice = choice;
    }

    /// Reads the file of Packer's manifest post-processor.
    ///
    /// @param file its name, for faults
    /// @throws SourceException with every fault
    public static Found read(String file, String text, PackerChoice choice) throws SourceException {
        PackerManifest manifest = PackerManifest.parse(file, text);
        var source = new PackerSource(file, choice);
        List<Build> builds = source.run(manifest);
        choice.workloads().forEach(workload -> source.declare(workload, builds));
        if (!source.faults.isEmpty()) {
            throw new SourceException(source.faults);
        }
        return new Found(source.declarations, List.of(), source.remarks);
    }

    private List<Build> run(PackerManifest manifest) throws SourceException {
        String run = choice.run().orElse(manifest.lastRun());
        List<Build> builds = manifest.builds().stream()
                .filter(build -> build.run().equals(run))
                .toList();
        if (builds.isEmpty()) {
            throw new SourceException(
                    file,
                    choice.run().isPresent()
                            ? "no build is of the run " + run + "; runs are "
                                    + joined(manifest.builds().stream()
                                            .map(Build::run)
                                            .toList())
                            : "no build is of the last run " + run + "; name one with --packer-run");
        }
        return builds;
    }

    private void declare(WorkloadId workload, List<Build> run) {
        boolean aws = workload.target().platform() == Platform.AWS;
        List<List<Build>> chosen = choose(workload, run, aws);
        if (chosen.isEmpty()) {
            return;
        }
        Optional<DeclaredContainer> container = aws ? machineImage(workload, chosen) : dockerImage(workload, chosen);
        container.ifPresent(declared -> declarations.add(Declare.newBuilder()
                .setWorkload(workload.toString())
                .setSpec(DeclarationSpec.newBuilder().addContainers(declared))
                .build()));
    }

    /// The entries of each build that is meant, the main build first; empty after a fault.
    private List<List<Build>> choose(WorkloadId workload, List<Build> run, boolean aws) {
        List<String> names = choice.builds();
        if (names.isEmpty()) {
            List<String> fitting = run.stream()
                    .filter(build -> fits(build.artifact(), aws))
                    .map(Build::name)
                    .distinct()
                    .toList();
            if (fitting.size() != 1) {
                fault(workload, fitting.isEmpty() ? nothingFits(run, aws) : severalFit(fitting));
                return List.of();
            }
            names = fitting;
        }
        List<List<Build>> chosen = new ArrayList<>();
        for (String name : names) {
            List<Build> entries =
                    run.stream().filter(build -> build.name().equals(name)).toList();
            List<Build> fitting = entries.stream()
                    .filter(build -> fits(build.artifact(), aws))
                    .toList();
            if (fitting.isEmpty()) {
                fault(
                        workload,
                        entries.isEmpty()
                                ? "the run has no build '" + name + "'; builds are "
                                        + joined(run.stream().map(Build::name).toList())
                                : nothingFits(entries, aws));
                return List.of();
            }
            chosen.add(fitting);
        }
        return chosen;
    }

    private static boolean fits(Artifact artifact, boolean aws) {
        return switch (artifact) {
            case MachineImages _ -> aws;
            case ImageId _, ImageName _ -> !aws;
            case Incomparable _ -> false;
        };
    }

    private static String nothingFits(List<Build> builds, boolean aws) {
        String why = builds.stream()
                .map(build -> "'" + build.name() + "': "
                        + (build.artifact() instanceof Incomparable incomparable
                                ? incomparable.why()
                                : build.builderType() + " makes nothing for " + (aws ? "AWS" : "Kubernetes")))
                .distinct()
                .reduce((one, other) -> one + "; " + other)
                .orElse("");
        return "no build of the run made " + (aws ? "an AMI" : "a Docker image") + " (" + why + ")";
    }

    private static String severalFit(List<String> names) {
        return "the builds " + joined(names) + " all fit; say which with --packer-build"
                + " (repeat it when the workload may run several, the main one first)";
    }

    private Optional<DeclaredContainer> machineImage(WorkloadId workload, List<List<Build>> chosen) {
        String name = workload.target().name();
        String region = name.substring(name.indexOf(':') + 1);
        if (choice.container().filter(container -> !container.equals(AMI)).isPresent()) {
            fault(workload, "on AWS the only slot is '" + AMI + "'; leave --container away");
            return Optional.empty();
        }
        SequencedSet<String> images = new LinkedHashSet<>();
        for (List<Build> build : chosen) {
            for (Build entry : build) {
                if (entry.artifact() instanceof MachineImages made) {
                    String image = made.byRegion().get(region);
                    if (image == null) {
                        fault(
                                workload,
                                "the build '" + entry.name() + "' made no AMI in " + region + ", only in "
                                        + joined(made.byRegion().keySet().stream()
                                                .sorted()
                                                .toList())
                                        + "; copy it there ('ami_regions') and bake again");
                        return Optional.empty();
                    }
                    images.add(image);
                }
            }
        }
        var container = DeclaredContainer.newBuilder().setName(AMI).setImage(images.removeFirst());
        return Optional.of(container
                .addAllDigests(images)
                .setBaselineRoot(baselineRoot(chosen))
                .build());
    }

    private Optional<DeclaredContainer> dockerImage(WorkloadId workload, List<List<Build>> chosen) {
        if (choice.container().isEmpty()) {
            fault(workload, "say which container runs the image: --container NAME");
            return Optional.empty();
        }
        String image = choice.image().orElse("");
        SequencedSet<String> digests = new LinkedHashSet<>();
        for (Build entry : chosen.stream().flatMap(List::stream).toList()) {
            switch (entry.artifact()) {
                case ImageId id -> digests.add(id.digest());
                case ImageName name -> image = image.isEmpty() ? name.reference() : image;
                case MachineImages _, Incomparable _ -> {}
            }
        }
        if (!image.contains("@") && !digests.isEmpty()) {
            remarks.add(new Remark(
                    place(workload),
                    "only the config's digest is known, and most runtimes report the manifest's: push the image and add "
                            + (image.isEmpty() ? "--image REPOSITORY:TAG --resolve" : "--resolve")));
        }
        return Optional.of(DeclaredContainer.newBuilder()
                .setName(choice.container().get())
                .setImage(image)
                .addAllDigests(digests)
                .setBaselineRoot(baselineRoot(chosen))
                .build());
    }

    /// Several builds have several contents, so no one root fits them.
    private static String baselineRoot(List<List<Build>> chosen) {
        List<String> roots = chosen.stream()
                .flatMap(List::stream)
                .map(Build::baselineRoot)
                .distinct()
                .toList();
        return roots.size() == 1 ? roots.getFirst() : "";
    }

    private void fault(WorkloadId workload, String message) {
        faults.add(new Fault(place(workload), message));
    }

    private String place(WorkloadId workload) {
        return file + ": " + workload;
    }

    private static String joined(List<String> names) {
        return String.join(", ", new LinkedHashSet<>(names));
    }
}
