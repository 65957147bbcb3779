package dev.snowmelt.sources.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a program `docker-credential-NAME get`, as Docker does: the registry on its standard input,
/// JSON on its output.
final class CredentialHelper {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final int PATIENCE_SECONDS = 10;
    private static final int LARGEST_ANSWER = 64 * 1024;

    private CredentialHelper() {}

    /// @param name what follows `docker-credential-`
    /// @param server the registry, as the configuration names it
    /// @return empty: the helper has nothing for it
    static Optional<Credentials> ask(String name, String server) throws RegistryException {
        if (!NAME.matcher(name).matches()) {
            throw unusable(name, "has a name that no program can have");
        }
        return run(name, List.of("docker-credential-" + name, "get"), server);
    }

    static Optional<Credentials> run(String name, List<String> command, String server) throws RegistryException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException _) {
            throw unusable(name, "cannot be started: install it, or take it out of the Docker configuration");
        }
        try {
            return answer(name, process, server);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Optional<Credentials> answer(String name, Process process, String server) throws RegistryException {
        var output = new CompletableFuture<byte[]>();
        Thread.ofVirtual().start(() -> {
            try (InputStream in = process.getInputStream()) {
                output.complete(in.readNBytes(LARGEST_ANSWER));
            } catch (IOException e) {
                output.completeExceptionally(e);
            }
        });
        try {
            tell(process, server);
            byte[] answer = output.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw unusable(name, "did not end");
            }
            // Docker's protocol has no code for "nothing kept": it is said in words, and not always in the same.
            return process.exitValue() == 0 ? read(name, answer) : Optional.empty();
        } catch (TimeoutException _) {
            throw unusable(name, "did not answer within " + PATIENCE_SECONDS + " s");
        } catch (ExecutionException _) {
            throw unusable(name, "broke off: run it by hand to see why");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw unusable(name, "was interrupted");
        }
    }

    private static void tell(Process process, String server) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(server.getBytes(StandardCharsets.UTF_8));
        } catch (IOException _) {
            // It did not want to know; what it says counts.
        }
    }

    private static Optional<Credentials> read(String name, byte[] answer) throws RegistryException {
        try {
            JsonNode tree = JSON.readTree(answer);
            String user = tree.path("Username").asString("");
            String secret = tree.path("Secret").asString("");
            if (secret.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(
                    user.equals("<token>") ? new Credentials.Identity(secret) : new Credentials.Basic(user, secret));
        } catch (JacksonException _) {
            throw unusable(name, "answered something else than JSON");
        }
    }

    private static RegistryException unusable(String name, String what) {
        return new RegistryException(
                RegistryException.Kind.UNUSABLE, "The credential helper docker-credential-" + name + " " + what + ".");
    }
}
