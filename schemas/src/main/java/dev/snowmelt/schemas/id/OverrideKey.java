package dev.snowmelt.schemas.id;

import dev.snowmelt.v1.Override.Kind;
import java.util.Optional;

/// Key of `overrides`: `target|kind|subject`; `*|kind|subject` for a fleet-wide one, which stands on every partition.
///
/// @param target the target; empty for every target
/// @param kind what the override does
/// @param subject id of the target, workload, instance or gate that it is about
public record OverrideKey(Optional<TargetId> target, Kind kind, String subject) {
    /// How "every target" is written.
    public static final String EVERY_TARGET = "*";

    /// @throws MalformedIdException when the text is no override's key
    public static OverrideKey parse(String text) {
        String[] parts = text.split("\\|", 3);
        if (parts.length == 3 && !parts[2].isEmpty()) {
            for (Kind kind : Kind.values()) {
                if (kind.name().equals(parts[1]) && kind != Kind.KIND_UNSPECIFIED) {
                    return new OverrideKey(target(parts[0]), kind, parts[2]);
                }
            }
        }
        throw new MalformedIdException(text, "an override's key such as 'k8s:prod-eu|PAUSE|k8s:prod-eu'");
    }

    /// The target that a message names.
    ///
    /// @param text a target, or `*`
    /// @throws MalformedIdException when it is neither
    public static Optional<TargetId> target(String text) {
        return text.equals(EVERY_TARGET) ? Optional.empty() : Optional.of(TargetId.parse(text));
    }

    @java.lang.Override
    public String toString() {
        return target.map(TargetId::toString).orElse(EVERY_TARGET) + "|" + kind + "|" + subject;
    }
}
