package dev.snowmelt.sources.registry;

import dev.snowmelt.fingerprint.judge.ImageReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads an image's digests from a registry: one question for the reference, one for each platform.
public final class ImageReader {
    /// An index may list indexes; deeper than this nobody builds.
    private static final int DEEPEST = 2;

    private final Registry registry;

    public ImageReader(Registry registry) {
        this.registry = registry;
    }

    /// @param reference by tag or digest; without either `latest` is meant
    /// @param wanted only images of these platforms; empty: all. An image that is not in an index
    /// counts whatever it was built for: only its config says that
    public ImageSet read(ImageReference reference, Set<Platform> wanted) throws RegistryException {
        Repository repository = Repository.of(reference);
        String asked = reference.pinned() ? reference.digest() : reference.tag().isEmpty() ? "latest" : reference.tag();
        Manifest manifest = registry.manifest(repository, asked);
        ImageReference pinned = reference.withDigest(manifest.digest());
        List<ImageSet.PlatformImage> images = new ArrayList<>();
        return switch (manifest) {
            case Manifest.Image image -> {
                images.add(new ImageSet.PlatformImage(image.digest(), image.config(), null, image.mediaType()));
                yield new ImageSet(pinned, null, images);
            }
            case Manifest.Index index -> {
                collect(repository, index, wanted, 1, images);
                if (images.isEmpty()) {
                    throw new RegistryException(
                            RegistryException.Kind.UNUSABLE,
                            "The index " + reference + " lists no image"
                                    + (wanted.isEmpty()
                                            ? ""
                                            : " for " + wanted + ": leave --platform away or name another")
                                    + ".");
                }
                yield new ImageSet(pinned, index.digest(), images);
            }
        };
    }

    private void collect(
            Repository repository,
            Manifest.Index index,
            Set<Platform> wanted,
            int depth,
            List<ImageSet.PlatformImage> images)
            throws RegistryException {
        for (Manifest.Child child : index.children()) {
            Platform platform = child.platform();
            if (platform != null && !wanted.isEmpty() && wanted.stream().noneMatch(platform::satisfies)) {
                continue;
            }
            switch (child(repository, child)) {
                case null -> images.add(new ImageSet.PlatformImage(child.digest(), "", platform, child.mediaType()));
                case Manifest.Image image ->
                    images.add(new ImageSet.PlatformImage(image.digest(), image.config(), platform, image.mediaType()));
                case Manifest.Index inner -> {
                    if (depth >= DEEPEST) {
                        throw new RegistryException(
                                RegistryException.Kind.UNUSABLE,
                                "The index " + repository + "@" + index.digest() + " lists indexes of indexes.");
                    }
                    collect(repository, inner, wanted, depth + 1, images);
                }
            }
        }
    }

    private @Nullable Manifest child(Repository repository, Manifest.Child child) throws RegistryException {
        try {
            return registry.manifest(repository, child.digest());
        } catch (RegistryException e) {
            if (e.kind() == RegistryException.Kind.UNKNOWN) {
                return null;
            }
            throw e;
        }
    }
}
