package dev.snowmelt.fingerprint.judge;

/// A container image as a spec names it, by the grammar of the distribution project's `reference`
/// package: `[registry/]repository[:tag][@digest]`. Nothing is filled in: `nginx` keeps an empty
/// registry and an empty tag.
///
/// @param registry host and port; empty when none is named (Docker Hub)
/// @param repository path below the registry
/// @param tag tag; empty when none is named
/// @param digest `sha256:<64 hex>` or `sha512:<128 hex>`; empty when none is named
public record ImageReference(String registry, String repository, String tag, String digest) {
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_TAG = 128;

    /// @throws IllegalArgumentException when a part breaks the grammar
    public ImageReference {
        require(registry.isEmpty() || isHost(registry), registry, "is no registry's host");
        require(isPath(repository), repository, "is no repository: lower case letters, digits and single . _ __ -");
        require(
                registry.length() + 1 + repository.length() <= LONGEST_NAME,
                repository,
                "is longer than 255 characters with its registry");
        require(tag.isEmpty() || isTag(tag), tag, "is no tag: up to 128 letters, digits, _ . -");
        require(
                digest.isEmpty() || Digests.isDigest(digest, 0),
                digest,
                "is no digest: sha256 and 64, or sha512 and 128 hexadecimal digits");
    }

    /// @throws IllegalArgumentException with a sentence for people, when the text is no reference
    public static ImageReference parse(String text) {
        int at = text.indexOf('@');
        String digest = at < 0 ? "" : text.substring(at + 1);
        String tagged = at < 0 ? text : text.substring(0, at);
        require(at < 0 || !digest.isEmpty(), text, "ends where a digest should begin");
        // A colon before the last slash belongs to the registry's port.
        int colon = tagged.indexOf(':', tagged.lastIndexOf('/') + 1);
        String tag = colon < 0 ? "" : tagged.substring(colon + 1);
        String name = colon < 0 ? tagged : tagged.substring(0, colon);
        require(colon < 0 || !tag.isEmpty(), text, "ends where a tag should begin");
        int slash = name.indexOf('/');
        boolean registry = slash > 0 && looksLikeHost(name.substring(0, slash));
        return registry
                ? new ImageReference(name.substring(0, slash), name.substring(slash + 1), tag, digest)
                : new ImageReference("", name, tag, digest);
    }

    /// The digest in an image id as a runtime reports it, or in a reference: `repo@sha256:…`,
    /// `docker-pullable://repo@sha256:…`, `sha256:…`, or 64 hexadecimal digits alone.
    ///
    /// @return `sha256:<64 hex>` or `sha512:<128 hex>`; empty when there is none
    public static String digestIn(String imageId) {
        return Digests.of(imageId);
    }

    /// True when it names a digest, so that what it stands for never changes.
    public boolean pinned() {
        return !digest.isEmpty();
    }

    /// The last part of the repository: what stays the same when images are mirrored to another
    /// registry.
    public String baseName() {
        return repository.substring(repository.lastIndexOf('/') + 1);
    }

    /// The same image pinned to a digest.
    public ImageReference withDigest(String newDigest) {
        return new ImageReference(registry, repository, tag, newDigest);
    }

    @Override
    public String toString() {
        return (registry.isEmpty() ? "" : registry + "/")
                + repository
                + (tag.isEmpty() ? "" : ":" + tag)
                + (digest.isEmpty() ? "" : "@" + digest);
    }

    // The rule of Docker's familiar names: `library/nginx` is a path, `localhost/nginx` and `quay.io/nginx` are not.
    private static boolean looksLikeHost(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || first.chars().anyMatch(Character::isUpperCase);
    }

    private static boolean isHost(String host) {
        int colon = host.startsWith("[") ? host.indexOf(':', host.indexOf(']') + 1) : host.indexOf(':');
        String port = colon < 0 ? "0" : host.substring(colon + 1);
        String name = colon < 0 ? host : host.substring(0, colon);
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        String bare = bracketed ? name.substring(1, name.length() - 1) : name;
        return !port.isEmpty()
                && port.chars().allMatch(c -> c >= '0' && c <= '9')
                && !bare.isEmpty()
                && bare.chars().allMatch(c -> isAlphanumeric(c) || c == '.' || c == '-' || (bracketed && c == ':'))
                && (bracketed || (isAlphanumeric(bare.charAt(0)) && isAlphanumeric(bare.charAt(bare.length() - 1))));
    }

    private static boolean isPath(String path) {
        int start = 0;
        for (int i = 0; i <= path.length(); i++) {
            if (i == path.length() || path.charAt(i) == '/') {
                if (!isComponent(path, start, i)) {
                    return false;
                }
                start = i + 1;
            }
        }
        return true;
    }

    // alphanumerics, separated by one period, one or two underscores, or any number of hyphens
    private static boolean isComponent(String path, int from, int to) {
        if (from >= to || !isLowerAlphanumeric(path.charAt(from)) || !isLowerAlphanumeric(path.charAt(to - 1))) {
            return false;
        }
        int separators = 0;
        for (int i = from; i < to; i++) {
            char c = path.charAt(i);
            if (isLowerAlphanumeric(c)) {
                separators = 0;
            } else {
                char before = path.charAt(i - 1);
                boolean allowed = switch (c) {
                    case '.' -> separators == 0;
                    case '_' -> separators == 0 || (separators == 1 && before == '_');
                    case '-' -> separators == 0 || before == '-';
                    default -> false;
                };
                if (!allowed) {
                    return false;
                }
                separators++;
            }
        }
        return true;
    }

    private static boolean isTag(String tag) {
        char first = tag.charAt(0);
        return tag.length() <= LONGEST_TAG
                && first != '.'
                && first != '-'
                && tag.chars().allMatch(c -> isAlphanumeric(c) || c == '_' || c == '.' || c == '-');
    }

    private static boolean isLowerAlphanumeric(int c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }

    private static boolean isAlphanumeric(int c) {
        return isLowerAlphanumeric(c) || (c >= 'A' && c <= 'Z');
    }

    private static void require(boolean holds, String what, String problem) {
        if (!holds) {
            throw new IllegalArgumentException("'" + what + "' " + problem);
        }
    }
}
