package dev.snowmelt.cli.declare;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.Revision;
import java.util.List;

/// Words about revisions.
final class Said {
    private Said() {}

    /// `by bob at 2026-11-01T08:00:00Z (release 1.4)`.
    static String by(Revision revision) {
        return "by " + (revision.getDeclaredBy().isEmpty() ? "nobody named" : revision.getDeclaredBy()) + " at "
                + at(revision)
                + (revision.getReason().isEmpty() ? "" : " (" + revision.getReason() + ")");
    }

    /// Every container with its image, short enough to be read: `cart: cart:1.4@0f3c12345678`.
    static List<String> images(DeclarationSpec spec) {
        return spec.getContainersList().stream()
                .map(container -> (spec.getContainersCount() == 1 ? "" : container.getName() + ": ") + image(container))
                .toList();
    }

    private static String image(DeclaredContainer container) {
        String image = container.getImage();
        if (image.isEmpty()) {
            int others = container.getDigestsCount() - 1;
            return others < 0 ? "-" : digest(container.getDigests(0)) + (others == 0 ? "" : " (+" + others + ")");
        }
        int at = image.indexOf('@');
        String name = at < 0 ? image : image.substring(0, at);
        return name.substring(name.lastIndexOf('/') + 1) + (at < 0 ? "" : "@" + digest(image.substring(at + 1)));
    }

    private static String digest(String digest) {
        String hex = digest.substring(digest.indexOf(':') + 1);
        return hex.length() < 13 || digest.startsWith("ami-") ? digest : hex.substring(0, 12);
    }

    /// A value without its middle, where it is longer than `most`.
    static String shortened(String text, int most) {
        int head = (most - 1) / 2;
        return text.length() <= most
                ? text
                : text.substring(0, head) + "…" + text.substring(text.length() - (most - 1 - head));
    }

    /// The mode in force; what is not said is OBSERVE.
    static RemediationPolicy.Mode mode(DeclarationSpec spec) {
        RemediationPolicy.Mode mode = spec.getRemediation().getMode();
        return mode == RemediationPolicy.Mode.MODE_UNSPECIFIED ? RemediationPolicy.Mode.OBSERVE : mode;
    }

    /// When it was declared, in UTC, to the second.
    static String at(Revision revision) {
        return Timestamps.toString(
                Timestamps.fromSeconds(revision.getDeclaredAt().getSeconds()));
    }
}
