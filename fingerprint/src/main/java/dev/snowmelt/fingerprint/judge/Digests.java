package dev.snowmelt.fingerprint.judge;

import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.ObservedContainer;

/// What identifies an image, and which of them a declaration accepts. Called for every changed
/// record: plain scans, no patterns.
final class Digests {
    private static final String SHA256 = "sha256:";
    private static final String SHA512 = "sha512:";
    private static final int HEX_256 = 64;
    private static final int HEX_512 = 128;

    private Digests() {}

    /// The digest in a reference or in an image id as a runtime reports it. Known forms:
    /// - `repo@sha256:…` (containerd), also of a spec's image;
    /// - `docker-pullable://repo@sha256:…` and, for an image that was never pushed, `docker://sha256:…` (Docker);
    /// - `sha256:…`, the config's digest, when the runtime knows no repository's;
    /// - 64 hexadecimal digits alone (CRI-O, likewise the config's).
    ///
    /// @return `sha256:<64 hex>` or `sha512:<128 hex>`; empty when there is none, a tag for example
    static String of(String reference) {
        int from = reference.lastIndexOf('@') + 1;
        if (from == 0) {
            int scheme = reference.indexOf("://");
            from = scheme < 0 ? 0 : scheme + 3;
        }
        if (isDigest(reference, from)) {
            return from == 0 ? reference : reference.substring(from);
        }
        return reference.length() == HEX_256 && isHex(reference, 0) ? SHA256.concat(reference) : "";
    }

    /// True when `text` from an index to its end is a digest of one of the algorithms that OCI
    /// registers.
    static boolean isDigest(String text, int from) {
        int length = text.length() - from;
        return (length == SHA256.length() + HEX_256 && text.startsWith(SHA256, from) && isHex(text, from + 7))
                || (length == SHA512.length() + HEX_512 && text.startsWith(SHA512, from) && isHex(text, from + 7));
    }

    private static boolean isHex(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /// True when a declared container accepts a digest.
    static boolean accepts(DeclaredContainer declared, String digest) {
        return endsWith(declared.getImage(), digest) || listed(declared, digest);
    }

    /// True when a declared container accepts any digest at all. One that does not says nothing
    /// about images.
    static boolean acceptsAny(DeclaredContainer declared) {
        return declared.getDigestsCount() > 0 || !of(declared.getImage()).isEmpty();
    }

    /// True when a declared machine image is an observed one: AMI ids are compared as they are.
    static boolean acceptsAmi(DeclaredContainer declared, String ami) {
        return declared.getImage().equals(ami) || listed(declared, ami);
    }

    /// True for the id of a machine image, false for what merely leads to one.
    static boolean isAmi(String image) {
        return image.startsWith("ami-");
    }

    /// True when a declared container accepts machine images that it does not tell by their ids: a
    /// trusted launch template that names a parameter.
    static boolean acceptsUnknownAmi(DeclaredContainer declared) {
        if (!declared.getImage().isEmpty() && !isAmi(declared.getImage())) {
            return true;
        }
        for (int i = 0; i < declared.getDigestsCount(); i++) {
            if (!isAmi(declared.getDigests(i))) {
                return true;
            }
        }
        return false;
    }

    /// True when a declared container is of an observed kind. A kind left out means an ordinary
    /// container, or the machine image where there is one.
    static boolean sameKind(DeclaredContainer.Type declared, ObservedContainer.Type observed) {
        return switch (observed) {
            case APP -> declared == DeclaredContainer.Type.APP || declared == DeclaredContainer.Type.TYPE_UNSPECIFIED;
            case AMI -> declared == DeclaredContainer.Type.AMI || declared == DeclaredContainer.Type.TYPE_UNSPECIFIED;
            case INIT -> declared == DeclaredContainer.Type.INIT;
            case EPHEMERAL, TYPE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /// How a declared image is written in a drift: the image, or the first accepted digest.
    static String describe(DeclaredContainer declared) {
        if (!declared.getImage().isEmpty()) {
            return declared.getImage();
        }
        return declared.getDigestsCount() > 0 ? declared.getDigests(0) : "";
    }

    private static boolean endsWith(String image, String digest) {
        int before = image.length() - digest.length() - 1;
        return image.endsWith(digest) && (before < 0 || image.charAt(before) == '@');
    }

    private static boolean listed(DeclaredContainer declared, String digest) {
        for (int i = 0; i < declared.getDigestsCount(); i++) {
            if (declared.getDigests(i).equals(digest)) {
                return true;
            }
        }
        return false;
    }
}
