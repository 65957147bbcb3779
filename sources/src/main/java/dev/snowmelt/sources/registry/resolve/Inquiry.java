package dev.snowmelt.sources.registry.resolve;

import dev.snowmelt.fingerprint.judge.ImageReference;
import dev.snowmelt.sources.registry.ImageReader;
import dev.snowmelt.sources.registry.ImageSet;
import dev.snowmelt.sources.registry.Registry;
import dev.snowmelt.sources.registry.RegistryException;
import dev.snowmelt.sources.registry.RegistryException.Kind;
import dev.snowmelt.v1.DeclaredContainer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Whether what runs is a declared image: the same config under another manifest, a platform of its
/// index.
///
/// Accepted needs one match. "Another image" needs that the declared image is known with the
/// configs of all its platforms: an image that nobody can look up any more makes no snowflake.
final class Inquiry {
    private final ImageReader reader;
    private final DeclaredContainer declared;
    private final Set<String> accepted = new HashSet<>();
    private final Set<String> explained = new HashSet<>();
    private @Nullable Finding doubt;

    private Inquiry(Registry registry, DeclaredContainer declared) {
        this.reader = new ImageReader(registry);
        this.declared = declared;
        accepted.addAll(declared.getDigestsList());
    }

    /// @param imageId as the runtime reported it, or the pinned image of a spec
    static Finding of(Registry registry, DeclaredContainer declared, String imageId) {
        String digest = ImageReference.digestIn(imageId);
        ImageReference running = named(imageId);
        return new Inquiry(registry, declared).find(digest, running);
    }

    // A runtime writes where it found an image: `docker-pullable://repo@sha256:…`, `repo@sha256:…`, or only the digest.
    private static @Nullable ImageReference named(String imageId) {
        int scheme = imageId.indexOf("://");
        try {
            ImageReference reference = ImageReference.parse(scheme < 0 ? imageId : imageId.substring(scheme + 3));
            return reference.pinned() ? reference : null;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    private Finding find(String digest, @Nullable ImageReference running) {
        ImageReference image = image();
        expandDeclared(image, running);
        if (accepted.contains(digest)) {
            return new Finding.Accepted("Registries list it with " + describe() + ".");
        }
        Finding found = running == null ? unnamed(digest, image) : named(digest, running, image);
        return switch (found) {
            case Finding.Accepted _, Finding.Untold _ -> found;
            // Not the declared image, as far as that is known.
            case Finding.Another _, Finding.Missing _ -> doubt != null ? doubt : found;
        };
    }

    private @Nullable ImageReference image() {
        try {
            ImageReference reference = ImageReference.parse(declared.getImage());
            return reference.pinned() ? reference : null;
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /// Collects every digest that the declared image has, or a doubt when they cannot all be known.
    private void expandDeclared(@Nullable ImageReference image, @Nullable ImageReference running) {
        if (image != null) {
            accepted.add(image.digest());
            expand(image);
            return;
        }
        // Digests alone: where what runs came from is the only place to look them up.
        for (String digest : declared.getDigestsList()) {
            if (running != null) {
                expand(running.withDigest(digest));
            }
        }
        if (explained.containsAll(declared.getDigestsList()) && !explained.isEmpty()) {
            doubt = null;
        } else if (doubt == null) {
            doubt = untold(
                    "declared_unknown",
                    "The declaration lists digests but no image, so that other digests of it cannot be looked up: name"
                            + " the image.");
        }
    }

    private void expand(ImageReference reference) {
        try {
            ImageSet set = reader.read(reference, Set.of());
            explained.add(set.pinned().digest());
            explained.addAll(set.digests());
            accepted.addAll(set.digests());
            if (!set.complete()) {
                doubt = untold(
                        "declared_unknown",
                        "The registry does not have every platform of " + describe()
                                + ", so that it cannot be compared.");
            }
        } catch (RegistryException e) {
            doubt = e.kind() == Kind.UNKNOWN
                    ? untold("declared_unknown", "The declared image cannot be compared. " + e.sentence())
                    : untold(e);
        }
    }

    private Finding named(String digest, ImageReference running, @Nullable ImageReference image) {
        try {
            return compare(reader.read(running, Set.of()));
        } catch (RegistryException e) {
            if (e.kind() != Kind.UNKNOWN) {
                return untold(e);
            }
            // A runtime names the first place it knows for a config; the digest may be from where the image is
            // declared.
            if (image != null && !sameRepository(image, running)) {
                Finding elsewhere = unnamed(digest, image);
                if (elsewhere instanceof Finding.Accepted || elsewhere instanceof Finding.Untold) {
                    return elsewhere;
                }
            }
            return new Finding.Missing(e.sentence());
        }
    }

    private Finding unnamed(String digest, @Nullable ImageReference image) {
        if (image == null) {
            return untold("declared_unknown", "Neither the image id nor the declaration names a repository to ask.");
        }
        try {
            return compare(reader.read(image.withDigest(digest), Set.of()));
        } catch (RegistryException e) {
            // No manifest, so it can only be a config, and the declared ones are known.
            return e.kind() == Kind.UNKNOWN
                    ? new Finding.Missing("It is the config of no platform of " + describe() + ".")
                    : untold(e);
        }
    }

    private Finding compare(ImageSet found) {
        long same = found.images().stream()
                .filter(each -> accepted.contains(each.digest()) || accepted.contains(each.config()))
                .count();
        if (same == found.images().size()) {
            return new Finding.Accepted("It has the same config as " + describe() + ".");
        }
        if (same > 0 || !found.complete()) {
            return untold(
                    "undecidable",
                    found.pinned() + " is an index that holds other images beside the declared one: which of them runs"
                            + " cannot be told.");
        }
        List<String> configs = found.configs();
        return new Finding.Another("Its config is " + configs.getFirst()
                + (configs.size() > 1 ? " or one of " + (configs.size() - 1) + " others" : "")
                + ", which the declared image has not.");
    }

    private static boolean sameRepository(ImageReference one, ImageReference other) {
        return one.registry().equals(other.registry()) && one.repository().equals(other.repository());
    }

    private String describe() {
        return declared.getImage().isEmpty() ? "the declared digests" : declared.getImage();
    }

    private static Finding.Untold untold(String reason, String detail) {
        return new Finding.Untold(reason, detail, Duration.ZERO);
    }

    private static Finding.Untold untold(RegistryException e) {
        return new Finding.Untold(
                e.kind().name().toLowerCase(Locale.ROOT),
                e.sentence(),
                e.retryAfter().orElse(Duration.ZERO));
    }
}
