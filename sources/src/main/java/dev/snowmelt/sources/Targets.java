package dev.snowmelt.sources;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.TargetId.Platform;
import java.util.Collection;
import java.util.Optional;

/// The targets that a person named, because a source does not say where it is applied.
///
/// @param cluster the Kubernetes cluster
/// @param account the AWS account and region
public record Targets(Optional<TargetId> cluster, Optional<TargetId> account) {
    /// None was named.
    public static final Targets NONE = new Targets(Optional.empty(), Optional.empty());

    /// At most one of each platform.
    ///
    /// @throws IllegalArgumentException with a sentence for people, when two are of one platform
    public static Targets of(Collection<TargetId> named) {
        return new Targets(only(named, Platform.K8S), only(named, Platform.AWS));
    }

    private static Optional<TargetId> only(Collection<TargetId> named, Platform platform) {
        return named.stream().filter(target -> target.platform() == platform).reduce((first, second) -> {
            throw new IllegalArgumentException(
                    "names both " + first + " and " + second + "; declare one after the other");
        });
    }
}
