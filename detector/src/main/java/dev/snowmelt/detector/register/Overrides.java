package dev.snowmelt.detector.register;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import org.jspecify.annotations.Nullable;

/// What an override means beside the one that it replaces.
final class Overrides {
    private Overrides() {}

    /// Kinds that mean the same however often they are said. The others lift or cover what came
    /// before they were said, so saying them again means more.
    static boolean standing(Kind kind) {
        return switch (kind) {
            case EXEMPTION, PAUSE, ALERT_GATE -> true;
            case APPROVAL, RESUME, SUSPENSION, KIND_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /// Whether the same is in force already, whenever it was said.
    static boolean sameBut(Override proposed, @Nullable Override known) {
        return known != null
                && known.toBuilder()
                        .clearAt()
                        .build()
                        .equals(proposed.toBuilder().clearAt().build());
    }

    /// An unsigned stop beside the one in force, where signatures are checked: it may add to that
    /// one, but neither end it earlier nor make it older, or an unsigned word would set
    /// terminations free (a resume lifts what is older).
    ///
    /// @return the one in force when it lasts as long and the kind means the same however often it
    /// is said
    static Override notWeaker(Override proposed, Override known) {
        boolean lasts = !known.hasUntil()
                || (proposed.hasUntil() && Timestamps.comparator().compare(known.getUntil(), proposed.getUntil()) >= 0);
        if (lasts && standing(proposed.getKind())) {
            return known;
        }
        Override.Builder stronger = proposed.toBuilder();
        if (lasts) {
            stronger.clearUntil();
            if (known.hasUntil()) {
                stronger.setUntil(known.getUntil());
            }
        }
        if (Timestamps.comparator().compare(known.getAt(), proposed.getAt()) > 0) {
            stronger.setAt(known.getAt());
        }
        return stronger.build();
    }
}
