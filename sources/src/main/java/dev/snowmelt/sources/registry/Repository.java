package dev.snowmelt.sources.registry;

import dev.snowmelt.fingerprint.judge.ImageReference;

/// A repository with everything filled in that Docker's short names leave out.
///
/// @param registry host and port as references name it; `docker.io` for Docker Hub
/// @param path path below it, `library/nginx` for `nginx`
public record Repository(String registry, String path) {
    /// What references, and Docker's configuration, call Docker Hub.
    static final String HUB = "docker.io";

    /// The repository of a reference.
    public static Repository of(ImageReference reference) {
        String host = reference.registry();
        // Docker's own rule: index.docker.io is the old name, and what has no path there belongs to `library`.
        if (host.isEmpty()
                || host.equals(HUB)
                || host.equals("index.docker.io")
                || host.equals("registry-1.docker.io")) {
            String path = reference.repository();
            return new Repository(HUB, path.indexOf('/') < 0 ? "library/" + path : path);
        }
        return new Repository(host, reference.repository());
    }

    /// The host, and perhaps port, that answers for the registry.
    String server() {
        return registry.equals(HUB) ? "registry-1.docker.io" : registry;
    }

    @Override
    public String toString() {
        return registry + "/" + path;
    }
}
