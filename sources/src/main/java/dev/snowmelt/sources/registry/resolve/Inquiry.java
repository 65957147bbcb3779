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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Whether what runs is a declared image: the same config under another manifest, a platform of its
/// index.
///
/// Accepted needs one match. "Another image" needs that the declared image is known with the
/// configs of all its platforms, and that what runs is known too: an image that nobody can look up
/// any more, on either side, makes no snowflake.
final class Inquiry {
    /// Declared digests that are looked up, each by itself.
    private static final int MOST_LOOKED_UP = 64;

    private final ImageReader reader;
    private final DeclaredContainer declared;
    private final Set<String> accepted = new HashSet<>();
    /// Of images that are known with all their platforms.
    private final Set<String> explained = new HashSet<>();
    /// Why a declared digest cannot be compared, the first reason of each.
    private final Map<String, Finding> doubts = new LinkedHashMap<>();

    private Inquiry(Registry registry, DeclaredContainer declared) {
        this.reader = new ImageReader(registry);
        this.declared = declared;
        accepted.addAll(declared.getDigestsList());
    }

    /// @param imageId as the runtime reported it, or the pinned image of a spec
    static Finding of(Registry registry, DeclaredContainer declared, String imageId) {
        String digest = ImageReference.digestIn(imageId);
        ImageReference running = named(imageId);
        // containerd and CRI-O write a digest without a repository for a config. Docker does too, but for a manifest
        // where it keeps its images in containerd.
        boolean config = running == null && !imageId.contains("://");
        return new Inquiry(registry, declared).find(digest, running, config);
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

    private Finding find(String digest, @Nullable ImageReference running, boolean config) {
        ImageReference image = image();
        expandDeclared(image, running);
        if (accepted.contains(digest)) {
            return new Finding.Accepted("Registries list it with " + describe() + ".");
        }
        Finding found = running == null ? unnamed(digest, image, config) : named(digest, running, image);
        return switch (found) {
            case Finding.Accepted _, Finding.Untold _ -> found;
            // Not the declared image, as far as that is known.
            case Finding.Another _, Finding.Missing _ ->
                doubts.values().stream().findFirst().orElse(found);
        };
    }

    /// Where the declared image is; not pinned, it still says which repository to ask.
    private @Nullable ImageReference image() {
        try {
            return ImageReference.parse(declared.getImage());
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /// Collects every digest that the declared image has, or doubts when they cannot all be known.
    /// A declaration is a set: each digest that no other explains is looked up.
    private void expandDeclared(@Nullable ImageReference image, @Nullable ImageReference running) {
        if (image != null && image.pinned()) {
            accepted.add(image.digest());
            expand(image);
        }
        boolean same = image != null && running != null && sameRepository(image, running);
        List<ImageReference> places =
                Stream.of(image, same ? null : running).filter(Objects::nonNull).toList();
        int lookedUp = 0;
        for (String digest : declared.getDigestsList()) {
            if (explained.contains(digest) || doubts.containsKey(digest)) {
                continue;
            }
            if (places.isEmpty()) {
                doubt(
                        digest,
                        "The declaration lists digests but no image, so that other digests of it cannot be looked up:"
                                + " name the image.");
            } else if (++lookedUp > MOST_LOOKED_UP) {
                doubt(
                        digest,
                        "More than " + MOST_LOOKED_UP + " declared digests belong to no declared index: pin 'image' to"
                                + " the index.");
            }
            for (ImageReference place : places) {
                if (lookedUp <= MOST_LOOKED_UP && !explained.contains(digest)) {
                    expand(place.withDigest(digest));
                }
            }
        }
        doubts.keySet().removeAll(explained);
        if (accepted.isEmpty()) {
            doubt("", "The declaration names no digest: pin 'image', as REPOSITORY@sha256:….");
        }
    }

    private void doubt(String digest, String detail) {
        doubts.putIfAbsent(digest, untold("declared_unknown", detail));
    }

    private void expand(ImageReference reference) {
        String asked = reference.digest();
        try {
            ImageSet set = reader.read(reference, Set.of());
            accepted.addAll(set.digests());
            if (set.complete()) {
                explained.add(asked);
                explained.addAll(set.digests());
            } else {
                doubt(
                        asked,
                        "The registry does not have every platform of " + reference
                                + ", so that it cannot be compared.");
            }
        } catch (RegistryException e) {
            if (e.kind() == Kind.UNKNOWN) {
                doubt(asked, "The declared image cannot be compared. " + e.sentence());
            } else {
                doubts.putIfAbsent(asked, untold(e));
            }
        }
    }

    private Finding named(String digest, ImageReference running, @Nullable ImageReference image) {
        try {
            return compare(reader.read(running, Set.of()));
        } catch (RegistryException e) {
            // A runtime names the first place it knows for a config; the digest may be from where the image is
            // declared. It is the same content there.
            if (image != null && !sameRepository(image, running)) {
                try {
                    return compare(reader.read(image.withDigest(digest), Set.of()));
                } catch (RegistryException there) {
                    if (e.kind() == Kind.UNKNOWN && there.kind() != Kind.UNKNOWN) {
                        return untold(there);
                    }
                }
            }
            return e.kind() == Kind.UNKNOWN ? gone(e) : untold(e);
        }
    }

    // Retention deletes manifests that nodes go on running, a mirror's own ones of the declared image among them.
    private static Finding.Untold gone(RegistryException e) {
        return untold(
                "unknown",
                e.sentence() + " It may have been deleted there while it still runs, and what it was cannot be told:"
                        + " push it again, list it under 'digests' if it is the declared image, or replace what runs"
                        + " it.");
    }

    private Finding unnamed(String digest, @Nullable ImageReference image, boolean config) {
        if (image == null) {
            return untold("declared_unknown", "Neither the image id nor the declaration names a repository to ask.");
        }
        try {
            return compare(reader.read(image.withDigest(digest), Set.of()));
        } catch (RegistryException e) {
            if (e.kind() != Kind.UNKNOWN) {
                return untold(e);
            }
            // No manifest, so it is a config, and the declared ones are known.
            return config ? new Finding.Missing("It is the config of no platform of " + describe() + ".") : gone(e);
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
        return declared.getImage().contains("@") ? declared.getImage() : "the declared digests";
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
