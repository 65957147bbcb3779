package dev.snowmelt.sources.registry;

/// What an image was built for, in the words of the OCI image index.
///
/// @param os for example `linux`
/// @param architecture for example `arm64`
/// @param variant for example `v8`; empty: none
public record Platform(String os, String architecture, String variant) {
    /// @param text `linux/amd64` or `linux/arm/v7`
    /// @throws IllegalArgumentException with a sentence for people
    public static Platform parse(String text) {
        String[] parts = text.split("/", -1);
        boolean wellFormed = (parts.length == 2 || parts.length == 3) && text.matches("[a-z0-9_/.-]+");
        for (String part : parts) {
            wellFormed &= !part.isEmpty();
        }
        if (!wellFormed) {
            throw new IllegalArgumentException(
                    "must be a platform such as 'linux/amd64' or 'linux/arm/v7', not '" + text + "'");
        }
        return new Platform(parts[0], parts[1], parts.length == 3 ? parts[2] : "");
    }

    /// True when an image for this platform is meant by a wish: a variant counts only when the wish
    /// names one.
    boolean satisfies(Platform wish) {
        return os.equals(wish.os)
                && architecture.equals(wish.architecture)
                && (wish.variant.isEmpty() || wish.variant.equals(variant));
    }

    @Override
    public String toString() {
        return os + "/" + architecture + (variant.isEmpty() ? "" : "/" + variant);
    }
}
