package dev.snowmelt.cli.declare;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.role.ResolveRole;
import dev.snowmelt.sources.Found;
import dev.snowmelt.sources.registry.ImagePinning;
import dev.snowmelt.sources.registry.Platform;
import dev.snowmelt.v1.Declare;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Option;

/// Whether, and how, registries are asked for the digests of images.
final class RegistryOptions {
    @Option(
            names = "--resolve",
            description = "Ask registries: tags are pinned, and every digest that a runtime may report (index, platform"
                    + " manifests, configs) is declared. Credentials are those of 'docker login'.")
    private boolean resolve;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH",
            description = "With --resolve: only images of this platform, for example linux/amd64. May be repeated.")
    private List<String> platforms = List.of();

    @Option(names = "--insecure", description = "With --resolve: speak plain HTTP to registries on loopback addresses.")
    private boolean insecure;

    /// What asks registries; empty: they are not asked.
    Optional<Adjustments.Resolver> resolver(Config.Registry config, Map<String, String> environment, Intake intake) {
        Set<Platform> wanted = new LinkedHashSet<>();
        for (String platform : platforms) {
            try {
                wanted.add(Platform.parse(platform));
            } catch (IllegalArgumentException e) {
                intake.fault(new Fault(Place.of("--platform"), "", String.valueOf(e.getMessage())));
            }
        }
        if (!resolve) {
            if (insecure || !platforms.isEmpty()) {
                intake.fault(new Fault(
                        Place.of(insecure ? "--insecure" : "--platform"), "", "says how --resolve asks: add that"));
            }
            return Optional.empty();
        }
        var settings = new Config.Registry(config.enabled(), config.insecure() || insecure, config.authFile());
        return Optional.of((declarations, sourced) -> ask(declarations, sourced, settings, wanted, environment));
    }

    private static Found ask(
            List<Declare> declarations,
            Set<String> sourced,
            Config.Registry settings,
            Set<Platform> wanted,
            Map<String, String> environment) {
        try (var registry = ResolveRole.registry(settings, environment)) {
            var pinned = new ImagePinning(registry, wanted).pin(declarations, sourced);
            return new Found(pinned.declarations(), pinned.unresolved());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while registries were asked", e);
        }
    }
}
