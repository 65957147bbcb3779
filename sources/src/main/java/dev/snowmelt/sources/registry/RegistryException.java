package dev.snowmelt.sources.registry;

import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A registry did not say what was asked. The message is a sentence that tells what to do.
public final class RegistryException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /// Why.
    public enum Kind {
        /// The registry answered that it does not know the tag or the digest (MANIFEST_UNKNOWN). The
        /// only one that says something about an image.
        UNKNOWN,
        /// Credentials are missing or refused.
        UNAUTHORISED,
        /// Too many questions.
        RATE_LIMITED,
        /// Nothing, or nothing sensible, answered: refused, timed out, TLS, a fault of the server.
        UNREACHABLE,
        /// It may not be asked, or what it answered cannot be used: plain HTTP, too large, another
        /// digest, no image, no repository that it shows.
        UNUSABLE
    }

    private final Kind kind;
    private final @Nullable Duration retryAfter;

    private final boolean notAsked;

    /// @param message a sentence that tells what to do, without secrets
    public RegistryException(Kind kind, String message) {
        this(kind, message, null);
    }

    /// @param retryAfter how long the registry wants to be left alone; null: it did not say
    public RegistryException(Kind kind, String message, @Nullable Duration retryAfter) {
        this(kind, message, retryAfter, false);
    }

    private RegistryException(Kind kind, String message, @Nullable Duration retryAfter, boolean notAsked) {
        super(message);
        this.kind = kind;
        this.retryAfter = retryAfter;
        this.notAsked = notAsked;
    }

    /// Nobody waited for the answer.
    public static RegistryException interrupted(Repository repository) {
        return new RegistryException(
                Kind.UNREACHABLE, "Nobody waited for what " + repository + " answers.", null, true);
    }

    /// The same trouble still lasts: the registry was not asked again, and will not be for so long.
    public RegistryException notAskedFor(Duration wait) {
        return new RegistryException(kind, sentence(), wait, true);
    }

    /// True when no registry was asked, because it was in trouble a moment ago.
    public boolean notAsked() {
        return notAsked;
    }

    /// Why.
    public Kind kind() {
        return kind;
    }

    /// How long the registry wants to be left alone, when it said so.
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /// The sentence.
    public String sentence() {
        return String.valueOf(getMessage());
    }
}
