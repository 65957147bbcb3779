package dev.snowmelt.sources.registry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Credentials from the file that `docker login` writes: `auths`, `credHelpers` and `credsStore`.
/// It is read anew whenever credentials are needed, for tokens in it may be replaced while a
/// process runs.
public final class DockerConfig {
    private static final JsonMapper JSON = new JsonMapper();
    /// Under which `docker login` keeps Docker Hub.
    private static final String HUB_KEY = "https://index.docker.io/v1/";

    private final Path file;
    private final boolean named;

    private DockerConfig(Path file, boolean named) {
        this.file = file;
        this.named = named;
    }

    /// This file; that it is missing is a fault.
    public static DockerConfig of(Path file) {
        return new DockerConfig(file, true);
    }

    /// `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`; it may be missing.
    public static DockerConfig standard(Map<String, String> environment) {
        String folder = environment.getOrDefault("DOCKER_CONFIG", "");
        return new DockerConfig(
                (folder.isEmpty() ? Path.of(System.getProperty("user.home"), ".docker") : Path.of(folder))
                        .resolve("config.json"),
                false);
    }

    /// The file that is read, for messages.
    Path file() {
        return file;
    }

    /// What it holds for a repository.
    ///
    /// @throws RegistryException when the file or a helper fails
    Optional<Credentials> credentials(Repository repository) throws RegistryException {
        JsonNode config = read();
        for (String key : keys(repository)) {
            String helper = config.path("credHelpers").path(key).asString("");
            if (!helper.isEmpty()) {
                return CredentialHelper.ask(helper, key);
            }
        }
        Optional<Credentials> kept = kept(config.path("auths"), repository);
        String store = config.path("credsStore").asString("");
        if (kept.isPresent() || store.isEmpty()) {
            return kept;
        }
        for (String key : keys(repository)) {
            Optional<Credentials> found = CredentialHelper.ask(store, key);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private JsonNode read() throws RegistryException {
        try {
            JsonNode tree = JSON.readTree(Files.readAllBytes(file));
            if (tree.isObject()) {
                return tree;
            }
        } catch (NoSuchFileException _) {
            if (!named) {
                return JSON.createObjectNode();
            }
            throw unusable("There is no file " + file + " with registries' credentials: see registry.authFile.");
        } catch (IOException e) {
            throw unusable("Credentials of registries cannot be read from " + file + ": " + e + ".");
        } catch (JacksonException _) {
            // Said below; what Jackson says may quote secrets.
        }
        throw unusable(
                file + " is no Docker configuration: it must be a JSON object; log in again with 'docker login'.");
    }

    // Docker keeps hosts, with or without a scheme and a path; podman also keeps paths, the longest counts.
    private static List<String> keys(Repository repository) {
        List<String> keys = new ArrayList<>();
        if (repository.registry().equals(Repository.HUB)) {
            keys.add(HUB_KEY);
            keys.add("index.docker.io");
            keys.add("registry-1.docker.io");
        }
        keys.add(repository.registry());
        return keys;
    }

    private Optional<Credentials> kept(JsonNode auths, Repository repository) throws RegistryException {
        List<String> keys = new ArrayList<>();
        for (String path = repository.toString(); path.contains("/"); path = path.substring(0, path.lastIndexOf('/'))) {
            keys.add(path);
        }
        keys.addAll(keys(repository));
        for (String key : keys) {
            for (var entry : auths.properties()) {
                if (entry.getKey().equals(key) || host(entry.getKey()).equals(key)) {
                    Optional<Credentials> found = credentials(entry.getKey(), entry.getValue());
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static String host(String key) {
        int scheme = key.indexOf("://");
        if (scheme < 0) {
            return key;
        }
        String rest = key.substring(scheme + 3);
        int slash = rest.indexOf('/');
        return slash < 0 ? rest : rest.substring(0, slash);
    }

    private Optional<Credentials> credentials(String key, JsonNode entry) throws RegistryException {
        String identity = entry.path("identitytoken").asString("");
        if (!identity.isEmpty()) {
            return Optional.of(new Credentials.Identity(identity));
        }
        String auth = entry.path("auth").asString("");
        if (auth.isEmpty()) {
            String user = entry.path("username").asString("");
            return user.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new Credentials.Basic(user, entry.path("password").asString("")));
        }
        try {
            String text = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
            int colon = text.indexOf(':');
            if (colon > 0) {
                // Docker pads old entries with NUL; a password may hold further colons.
                return Optional.of(new Credentials.Basic(
                        text.substring(0, colon), text.substring(colon + 1).replaceAll("\0+$", "")));
            }
        } catch (IllegalArgumentException _) {
            // Said below, without the secret.
        }
        throw unusable("The entry '" + key + "' of " + file
                + " holds no user and password: log in again with 'docker login'.");
    }

    private static RegistryException unusable(String sentence) {
        return new RegistryException(RegistryException.Kind.UNUSABLE, sentence);
    }
}
