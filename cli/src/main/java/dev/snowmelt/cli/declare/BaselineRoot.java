package dev.snowmelt.cli.declare;

import dev.snowmelt.v1.Declare;
import dev.snowmelt.v1.DeclaredContainer;
import java.util.regex.Pattern;

/// `--baseline-root CONTAINER=HASH`, or `HASH` alone where there is one container.
///
/// @param container its name; empty: the only one
/// @param hash root hash of the content baseline
record BaselineRoot(String container, String hash) {
    private static final Pattern HASH = Pattern.compile("(sha256:)?[0-9a-f]{64}");

    /// @throws IllegalArgumentException with a sentence for people
    static BaselineRoot parse(String text) {
        int equals = text.indexOf('=');
        String hash = text.substring(equals + 1);
        if (equals == 0 || !HASH.matcher(hash).matches()) {
            throw new IllegalArgumentException(
                    "must be CONTAINER=HASH with 64 hexadecimal digits in lower case, not '" + text + "'");
        }
        return new BaselineRoot(equals < 0 ? "" : text.substring(0, equals), hash);
    }

    /// True when the declaration has a container that it can mean without doubt.
    boolean fits(Declare declare) {
        return container.isEmpty()
                ? declare.getSpec().getContainersCount() == 1
                : declare.getSpec().getContainersList().stream().anyMatch(this::means);
    }

    /// The declaration with it.
    Declare into(Declare declare) {
        var adjusted = declare.toBuilder();
        for (DeclaredContainer.Builder each : adjusted.getSpecBuilder().getContainersBuilderList()) {
            if (container.isEmpty() || each.getName().equals(container)) {
                each.setBaselineRoot(hash);
            }
        }
        return adjusted.build();
    }

    private boolean means(DeclaredContainer declared) {
        return declared.getName().equals(container);
    }

    @Override
    public String toString() {
        return container.isEmpty() ? hash : container + "=" + hash;
    }
}
