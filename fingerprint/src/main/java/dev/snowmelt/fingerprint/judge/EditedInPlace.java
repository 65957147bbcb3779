package dev.snowmelt.fingerprint.judge;

/// Tells an image that somebody edited in a pod from one that an admission webhook rewrote when the pod was made.
///
/// Webhooks point images at a mirror (another registry, a longer path) or pin the tag that the template names. None of
/// them changes the tag, takes a pin away, or gives the image another name.
final class EditedInPlace {
    private EditedInPlace() {}

    /// @param template the image in the template that the pod was made from
    /// @param pod the image in the pod's spec, not pinned
    static boolean test(String template, String pod) {
        if (template.equals(pod)) {
            return false;
        }
        try {
            ImageReference from = ImageReference.parse(template);
            ImageReference now = ImageReference.parse(pod);
            return from.pinned()
                    || !tagOrLatest(from).equals(tagOrLatest(now))
                    || !from.baseName().equals(now.baseName());
        } catch (IllegalArgumentException _) {
            // The API server does not check the grammar. An image that cannot be read and is not the template's was
            // not derived from it by any webhook either.
            return true;
        }
    }

    private static String tagOrLatest(ImageReference reference) {
        return reference.tag().isEmpty() ? "latest" : reference.tag();
    }
}
