package dev.snowmelt.sources.registry.resolve;

import dev.snowmelt.sources.registry.Manifest;
import dev.snowmelt.sources.registry.Platform;
import dev.snowmelt.sources.registry.Registry;
import dev.snowmelt.sources.registry.RegistryException;
import dev.snowmelt.sources.registry.RegistryException.Kind;
import dev.snowmelt.sources.registry.Repository;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Registries that hold what a test puts into them, and may be in trouble.
final class InMemoryRegistry implements Registry {
    private final Map<String, Manifest> kept = new ConcurrentHashMap<>();
    private final Map<String, RegistryException> troubles = new ConcurrentHashMap<>();
    final List<String> asked = new CopyOnWriteArrayList<>();

    static String digest(char hex) {
        return "sha256:" + String.valueOf(hex).repeat(64);
    }

    /// An image in a repository such as `reg.test/cart`.
    InMemoryRegistry image(String repository, char digest, char config) {
        return image(repository, digest, digest(config));
    }

    InMemoryRegistry image(String repository, char digest, String config) {
        kept.put(repository + "@" + digest(digest), new Manifest.Image(digest(digest), "image", config));
        return this;
    }

    /// An index of images.
    InMemoryRegistry index(String repository, char digest, String images) {
        var children = images.chars()
                .mapToObj(each ->
                        new Manifest.Child(digest((char) each), "image", Platform.parse("linux/c" + (char) each)))
                .toList();
        kept.put(repository + "@" + digest(digest), new Manifest.Index(digest(digest), "index", children));
        return this;
    }

    void trouble(String registry, @Nullable Kind kind) {
        if (kind == null) {
            troubles.remove(registry);
        } else {
            troubles.put(registry, new RegistryException(kind, "The registry " + registry + " is " + kind + "."));
        }
    }

    @Override
    public Manifest manifest(Repository repository, String reference) throws RegistryException {
        String name = repository + "@" + reference;
        asked.add(name);
        RegistryException trouble = troubles.get(repository.registry());
        if (trouble != null) {
            throw trouble;
        }
        Manifest manifest = kept.get(name);
        if (manifest == null) {
            throw new RegistryException(Kind.UNKNOWN, "The registry does not know " + name + ".");
        }
        return manifest;
    }
}
