package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.CompactedTopic;
import dev.snowmelt.fingerprint.judge.ImageReference;
import dev.snowmelt.sources.registry.HttpRegistry;
import dev.snowmelt.sources.registry.RegistryException;
import dev.snowmelt.sources.registry.Repository;
import dev.snowmelt.v1.Declaration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// That the registries of declared images answer.
record RegistryFindings(Brokers brokers, Config config, Map<String, String> environment) {
    private static final String CHECK = "registry";

    void look(Consumer<Finding> tell) {
        if (!config.registry().enabled()) {
            tell.accept(Finding.skipped(CHECK, "registry.enabled is false: no registry is asked"));
            return;
        }
        Map<String, Repository> registries = registries(new CompactedTopic(brokers.kafka())
                .read(brokers.kafka().topics().declarations(), _ -> true, List.of())
                .values());
        if (registries.isEmpty()) {
            tell.accept(Finding.skipped(CHECK, "no image is declared, so there is no registry to ask"));
            return;
        }
        try (HttpRegistry http = dev.snowmelt.cli.role.ResolveRole.registry(config.registry(), environment)) {
            registries.forEach((name, repository) -> tell.accept(ask(http, name, repository)));
        }
    }

    /// One repository for each registry that the newest revisions name.
    static Map<String, Repository> registries(Collection<Declaration> declarations) {
        Map<String, Repository> registries = new TreeMap<>();
        for (Declaration declaration : declarations) {
            if (declaration.getRevisionsCount() == 0
                    || declaration.getWorkload().startsWith("aws:")) {
                continue;
            }
            declaration.getRevisions(0).getSpec().getContainersList().forEach(container -> {
                try {
                    Repository repository = Repository.of(ImageReference.parse(container.getImage()));
                    registries.putIfAbsent(repository.registry(), repository);
                } catch (IllegalArgumentException _) {
                    // Digests alone: no registry is named.
                }
            });
        }
        return registries;
    }

    private static Finding ask(HttpRegistry http, String name, Repository repository) {
        String check = CHECK + "." + name;
        try {
            int status = http.answers(repository);
            return status == 200 || status == 401
                    ? Finding.ok(check, "answers" + (status == 401 ? ", and asks for a log-in" : ""))
                    : Finding.warn(
                            check,
                            "answers HTTP " + status + " where registries answer 200 or 401",
                            "see whether that is a registry at all, or a proxy before it");
        } catch (RegistryException e) {
            return Finding.fail(
                    check,
                    "does not answer: " + e.getMessage(),
                    "let it through, or switch registry.enabled off: until it answers, digests that no declaration"
                            + " lists stay UNVERIFIED");
        }
    }
}
