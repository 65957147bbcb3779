package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.schemas.text.MessageReader;
import dev.snowmelt.v1.RemediationPolicy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Where declarations come from, and what the command line changes about them: the same for all
/// that declares.
final class SourceOptions {
    /// Modes that can be asked for.
    enum Mode {
        OFF,
        OBSERVE,
        APPROVE,
        ENFORCE
    }

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|DIR",
            description =
                    "Declarations, YAML or JSON, signed ones too; - is standard input. May be repeated. Of a folder all"
                            + " .yaml, .yml and .json files in it and below it, without names that begin with a dot.")
    private List<Path> files = List.of();

    @Mixin
    private ToolSources tools = new ToolSources();

    @Mixin
    private RegistryOptions registries = new RegistryOptions();

    @Option(
            names = "--remediation",
            paramLabel = "FILE",
            description = "A remediation policy (what stands below remediation: in a declaration) for all of them.")
    private @Nullable Path remediation;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "The mode for all of them: OFF, OBSERVE, APPROVE or ENFORCE.")
    private @Nullable Mode mode;

    @Option(
            names = "--baseline-root",
            paramLabel = "CONTAINER=HASH",
            description =
                    "Root hash of the image's content baseline; HASH alone where there is one container. Instances are"
                            + " UNVERIFIED until an agent has looked inside. May be repeated.")
    private List<String> baselineRoots = List.of();

    @Option(
            names = "--skip-unresolved",
            description = "Declare the rest when a source holds workloads whose images cannot be told exactly.")
    private boolean skipUnresolved;

    /// True when no source is named.
    boolean empty() {
        return files.isEmpty() && tools.empty();
    }

    /// What is read, for people.
    String names() {
        return Stream.concat(files.stream(), tools.paths()).map(Intake::name).collect(Collectors.joining(", "));
    }

    boolean skipsUnresolved() {
        return skipUnresolved;
    }

    /// Reads every source and applies all that needs no look at what is declared. Each source adds
    /// its lines here.
    ///
    /// @param registry how registries are spoken to, when they are
    /// @param environment where Docker's configuration is, unless `registry` says so
    Gathered read(Instant now, Config.Registry registry, Map<String, String> environment) {
        var intake = new Intake();
        files.forEach(path -> DeclarationFiles.read(path, intake));
        tools.read(intake);
        Adjustments adjustments = adjustments(intake, registries.resolver(registry, environment, intake));
        return Preparation.of(intake.gathered(), adjustments, now);
    }

    /// True when the policy of everything is given on the command line.
    boolean replacesPolicy() {
        return remediation != null;
    }

    private Adjustments adjustments(Intake intake, Optional<Adjustments.Resolver> resolver) {
        List<BaselineRoot> roots = new ArrayList<>();
        for (String text : baselineRoots) {
            try {
                roots.add(BaselineRoot.parse(text));
            } catch (IllegalArgumentException e) {
                intake.fault(new Fault(Place.of("--baseline-root"), "", String.valueOf(e.getMessage())));
            }
        }
        return new Adjustments(
                resolver,
                roots,
                policy(intake),
                Optional.ofNullable(mode).map(each -> RemediationPolicy.Mode.valueOf(each.name())));
    }

    private Optional<RemediationPolicy> policy(Intake intake) {
        Path file = remediation;
        if (file == null) {
            return Optional.empty();
        }
        var documents = intake.text(file)
                .map(text -> MessageReader.read(text, RemediationPolicy.getDefaultInstance()))
                .orElse(List.of());
        var place = Place.of(Intake.name(file));
        documents.forEach(document -> document.problems().forEach(problem -> intake.fault(Fault.of(place, problem))));
        if (documents.size() > 1) {
            intake.fault(new Fault(place, "", "holds " + documents.size() + " policies; one is for all"));
        }
        return documents.isEmpty()
                ? Optional.empty()
                : Optional.of(documents.getFirst().message());
    }
}
