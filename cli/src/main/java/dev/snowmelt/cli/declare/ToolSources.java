package dev.snowmelt.cli.declare;

import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.Input;
import dev.snowmelt.sources.SourceException;
import dev.snowmelt.sources.Targets;
import dev.snowmelt.sources.manifest.ManifestSource;
import dev.snowmelt.sources.packer.PackerChoice;
import dev.snowmelt.sources.packer.PackerSource;
import dev.snowmelt.sources.terraform.TerraformSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// What other tools wrote and declarations can be read from: Packer, Terraform, Kubernetes
/// manifests.
final class ToolSources {
    private static final String NAMESPACE = "default";

    @Option(
            names = "--packer",
            paramLabel = "FILE",
            description = "What Packer's manifest post-processor wrote: its last run is what --workload must run.")
    private @Nullable Path packer;

    @Option(
            names = "--workload",
            paramLabel = "WORKLOAD",
            description = "With --packer: what runs the image; on AWS its region decides the AMI. May be repeated.")
    private List<String> workloads = List.of();

    @Option(names = "--packer-run", paramLabel = "UUID", description = "With --packer: that run (the last one).")
    private @Nullable String packerRun;

    @Option(
            names = "--packer-build",
            paramLabel = "NAME",
            description = "With --packer: that build (the only one that fits). May be repeated for a workload that runs"
                    + " several, the main one first.")
    private List<String> packerBuilds = List.of();

    @Option(
            names = "--container",
            paramLabel = "NAME",
            description = "With --packer: the container of a Kubernetes workload that runs the Docker image.")
    private @Nullable String container;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description = "With --packer: the name that the Docker image was pushed under (as Packer tagged it).")
    private @Nullable String image;

    @Option(
            names = "--terraform",
            paramLabel = "FILE",
            description =
                    "What 'terraform show -json' prints of a state or a plan; - is standard input. May be repeated.")
    private List<Path> terraform = List.of();

    @Option(
            names = "--manifests",
            paramLabel = "FILE|DIR",
            description = "Rendered Kubernetes manifests; - is standard input. May be repeated. Needs --target.")
    private List<Path> manifests = List.of();

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description =
                    "The cluster of manifests and of Terraform's Kubernetes resources (k8s:NAME), the account of groups"
                            + " that a Terraform plan will make (aws:ACCOUNT:REGION).")
    private List<String> targets = List.of();

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "With --manifests and --terraform: the namespace of what names none (" + NAMESPACE + ").")
    private @Nullable String namespace;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    /// True when nothing is to be read.
    boolean empty() {
        return packer == null && terraform.isEmpty() && manifests.isEmpty();
    }

    /// What is read.
    Stream<Path> paths() {
        return Stream.of(Stream.ofNullable(packer), terraform.stream(), manifests.stream())
                .flatMap(Function.identity());
    }

    /// Reads everything.
    ///
    /// @throws ParameterException when options do not fit together
    void read(Intake intake) {
        checkCompanions();
        Targets in = targets();
        Optional<PackerChoice> choice = choice();
        Path file = packer;
        if (file != null && choice.isPresent()) {
            intake.stream(
                    file,
                    bytes -> PackerSource.read(
                            Intake.name(file), Input.text(Intake.name(file), bytes, PackerSource.LIMIT), choice.get()));
        }
        for (Path path : terraform) {
            intake.stream(path, bytes -> TerraformSource.read(Intake.name(path), bytes, in, namespace()));
        }
        if (!manifests.isEmpty()) {
            TargetId cluster = in.cluster().orElseThrow(() -> misused("--manifests needs --target k8s:NAME."));
            intake.take(
                    manifests.stream().map(Intake::name).collect(Collectors.joining(", ")),
                    () -> manifests(cluster, intake));
        }
    }

    private Found manifests(TargetId cluster, Intake intake) throws SourceException {
        var source = new ManifestSource(cluster, namespace());
        List<Path> files =
                manifests.stream().flatMap(path -> intake.files(path).stream()).toList();
        for (Path file : files) {
            intake.stream(file, bytes -> {
                source.read(Intake.name(file), Input.text(Intake.name(file), bytes, ManifestSource.LIMIT));
                return Found.NOTHING;
            });
        }
        return source.found();
    }

    private String namespace() {
        return namespace == null ? NAMESPACE : namespace;
    }

    /// An option that would be ignored is a mistake.
    private void checkCompanions() {
        boolean unused = packer == null
                && (!workloads.isEmpty()
                        || packerRun != null
                        || !packerBuilds.isEmpty()
                        || container != null
                        || image != null);
        if (unused) {
            throw misused("--workload, --packer-run, --packer-build, --container and --image go with --packer FILE.");
        }
        if (terraform.isEmpty() && manifests.isEmpty() && (!targets.isEmpty() || namespace != null)) {
            throw misused(
                    "--target and --namespace go with --terraform FILE or --manifests FILE; a declaration names its"
                            + " target itself.");
        }
        if (packer != null && workloads.isEmpty()) {
            throw misused("--packer needs --workload: Packer knows images, and not what runs them.");
        }
    }

    private Targets targets() {
        List<TargetId> named = new ArrayList<>();
        for (String target : targets) {
            named.add(parsed("--target", target, TargetId::parse));
        }
        return parsed("--target", String.join(", ", targets), _ -> Targets.of(named));
    }

    private Optional<PackerChoice> choice() {
        return workloads.isEmpty()
                ? Optional.empty()
                : Optional.of(new PackerChoice(
                        workloads.stream()
                                .distinct()
                                .map(text -> parsed("--workload", text, WorkloadId::parse))
                                .toList(),
                        Optional.ofNullable(packerRun),
                        packerBuilds,
                        Optional.ofNullable(container),
                        Optional.ofNullable(image)));
    }

    private <T> T parsed(String option, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (MalformedIdException e) {
            throw misused(option + ": " + e.getMessage() + ".");
        } catch (IllegalArgumentException e) {
            throw misused(option + " " + e.getMessage() + ".");
        }
    }

    private ParameterException misused(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
