package dev.snowmelt.sources.registry;

import dev.snowmelt.fingerprint.judge.ImageReference;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All digests by which a runtime may report one image.
///
/// @param pinned the reference with the digest that the registry gave for it: the index's where
/// there is one
/// @param index digest of the index; null: the reference names one platform's image
/// @param images its images, in the index's order
public record ImageSet(ImageReference pinned, @Nullable String index, List<PlatformImage> images) {
    /// `{}`, which the OCI image specification 1.1 gives to signatures and other artifacts as their
    /// config: that two manifests share it makes them no image alike.
    private static final String EMPTY_CONFIG =
            "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    public ImageSet {
        images = List.copyOf(images);
    }

    /// The image of one platform.
    ///
    /// @param config digest of its config; empty: its index lists it, but the registry does not
    /// have it, as in a mirror that copies some platforms only
    /// @param platform null: not said, because only the config names it, which is not read
    /// @param mediaType of its manifest
    public record PlatformImage(
            String digest, String config, @Nullable Platform platform, String mediaType) {}

    /// Every digest but the one in [#pinned]: manifests and configs, sorted, each once.
    public List<String> digests() {
        var digests = new TreeSet<String>();
        images.forEach(image -> {
            digests.add(image.digest());
            if (!image.config().isEmpty()) {
                digests.add(image.config());
            }
        });
        digests.remove(EMPTY_CONFIG);
        digests.remove(pinned.digest());
        return List.copyOf(digests);
    }

    /// True when the config of every image is known.
    public boolean complete() {
        return images.stream().noneMatch(image -> image.config().isEmpty());
    }

    /// Digests of the configs that are known, each once.
    public List<String> configs() {
        return images.stream()
                .map(PlatformImage::config)
                .filter(config -> !config.isEmpty())
                .distinct()
                .toList();
    }
}
