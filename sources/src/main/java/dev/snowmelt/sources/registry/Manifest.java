package dev.snowmelt.sources.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a registry keeps under a digest.
public sealed interface Manifest {
    /// Its digest, computed from what was received.
    String digest();

    /// Media type that it says it has.
    String mediaType();

    /// One image for one platform.
    ///
    /// @param config digest of its configuration: what makes two manifests the same image
    record Image(String digest, String mediaType, String config) implements Manifest {}

    /// Several images for several platforms (an OCI index, a Docker manifest list).
    ///
    /// @param children in the index's order, without those for unknown/unknown: attestations, which
    /// nothing runs
    record Index(String digest, String mediaType, List<Child> children) implements Manifest {
        public Index {
            children = List.copyOf(children);
        }
    }

    /// An entry of an index.
    ///
    /// @param platform null: not said
    record Child(String digest, String mediaType, @Nullable Platform platform) {}
}
