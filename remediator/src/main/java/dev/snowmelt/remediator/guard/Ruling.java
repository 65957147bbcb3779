package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A guard's answer.
public sealed interface Ruling {
    /// Nothing speaks against it, as far as this guard's question goes.
    Ruling ADMIT = new Admit();

    /// Nothing speaks against it.
    record Admit() implements Ruling {}

    /// Not now.
    ///
    /// @param reason why
    /// @param detail one sentence for people, with the figures
    /// @param until when it is worth asking again; null: when something changes
    record Hold(Reason reason, String detail, @Nullable Instant until) implements Ruling {}

    /// Not before something changes.
    static Ruling hold(Reason reason, String detail) {
        return new Hold(reason, detail, null);
    }

    /// Not before a time.
    static Ruling holdUntil(Reason reason, String detail, Instant until) {
        return new Hold(reason, detail, until);
    }
}
