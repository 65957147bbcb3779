package dev.snowmelt.fingerprint.judge;

import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ResolvedDigest;
import java.util.List;

/// Whether a digest is a declared image: by the declaration itself, else by what registries said.
public enum Acceptance {
    /// It is.
    ACCEPTED,
    /// It is another image.
    ANOTHER,
    /// A registry may still tell.
    UNKNOWN;

    /// Called for every changed record: plain scans, and what registries said is looked at only
    /// when the declaration does not accept the digest.
    ///
    /// @param told of the revision, newest first
    /// @param more whether a registry is asked about what nobody spoke of
    public static Acceptance of(DeclaredContainer declared, String digest, List<ResolvedDigest> told, boolean more) {
        if (Digests.accepts(declared, digest)) {
            return ACCEPTED;
        }
        for (int i = 0; i < told.size(); i++) {
            ResolvedDigest resolved = told.get(i);
            if (resolved.getDigest().equals(digest)
                    && resolved.getContainer().equals(declared.getName())
                    && isInit(resolved.getType()) == isInit(declared.getType())) {
                return resolved.getAccepted() ? ACCEPTED : ANOTHER;
            }
        }
        return more ? UNKNOWN : ANOTHER;
    }

    // A kind left out means an ordinary container. Machine images are in no registry.
    private static boolean isInit(DeclaredContainer.Type type) {
        return type == DeclaredContainer.Type.INIT;
    }
}
