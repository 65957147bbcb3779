package dev.snowmelt.sources.registry;

import dev.snowmelt.sources.registry.RegistryException.Kind;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a registry's refusal means, and what to do about it.
final class Refusals {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");

    private Refusals() {}

    static RegistryException of(
            Repository repository, String reference, HttpResponse<byte[]> response, DockerConfig credentials) {
        String registry = repository.registry();
        String name = repository + (reference.indexOf(':') < 0 ? ":" : "@") + reference;
        Optional<String> code = code(response.body());
        return switch (response.statusCode()) {
            case 401, 403 ->
                new RegistryException(
                        Kind.UNAUTHORISED,
                        "The registry " + registry + " does not let you read " + name + ": log in with 'docker login "
                                + registry + "' (credentials were looked for in " + credentials.file()
                                + "), or check the repository's name.");
            // Only a registry's own words count: a proxy or a wrong host answers 404 too, and knows nothing of images.
            case 404 ->
                code.map(said -> notFound(registry, name, said))
                        .orElseGet(() -> new RegistryException(
                                Kind.UNREACHABLE,
                                "What answers as " + registry
                                        + " is no registry (404 without a registry's error): check the name."));
            case 429 ->
                new RegistryException(
                        Kind.RATE_LIMITED,
                        "The registry " + registry + " limits how often it is asked: log in for a higher limit, or wait"
                                + retryAfter(response)
                                        .map(wait -> " " + wait.toSeconds() + " s")
                                        .orElse("")
                                + ".",
                        retryAfter(response).orElse(null));
            default ->
                new RegistryException(
                        Kind.UNREACHABLE,
                        "The registry " + registry + " answered " + name + " with status " + response.statusCode()
                                + code.map(said -> " (" + said + ")").orElse("") + ".",
                        retryAfter(response).orElse(null));
        };
    }

    // Registries say NAME_UNKNOWN, or NOT_FOUND, to those who may not see a repository: it tells nothing of an image.
    private static RegistryException notFound(String registry, String name, String code) {
        return code.equals("MANIFEST_UNKNOWN")
                ? new RegistryException(Kind.UNKNOWN, "The registry " + registry + " does not know " + name + ".")
                : new RegistryException(
                        Kind.UNUSABLE,
                        "The registry " + registry + " does not find " + name + " (" + code
                                + "): there is no such repository, or you may not see it. Check its name, or log in"
                                + " with 'docker login " + registry + "'.");
    }

    /// The first error code in the body that the distribution specification describes; empty: it is
    /// no such body.
    private static Optional<String> code(byte[] body) {
        try {
            JsonNode code = JSON.readTree(body).path("errors").path(0).path("code");
            return code.isString() && code.asString().matches("[A-Z0-9_]{1,64}")
                    ? Optional.of(code.asString())
                    : Optional.empty();
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    // RFC 9110 allows a date too; registries send seconds.
    private static Optional<Duration> retryAfter(HttpResponse<byte[]> response) {
        return response.headers()
                .firstValue("retry-after")
                .filter(text -> SECONDS.matcher(text).matches())
                .map(text -> Duration.ofSeconds(Long.parseLong(text)));
    }
}
