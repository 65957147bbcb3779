package dev.snowmelt.detector.collect;

import org.jspecify.annotations.Nullable;

/// The platform did not tell what was asked. The message is one sentence for people, shown as the
/// collector's problem: what could not be done, to what, and what to do.
public class LookException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean beginAnew;

    /// @param beginAnew as [#beginAnew]
    public LookException(String message, @Nullable Throwable cause, boolean beginAnew) {
        super(message, cause);
        this.beginAnew = beginAnew;
    }

    /// True when nothing is wrong but that the list took too long: what its first pages told may
    /// have ended since, so it begins anew at once. When that happens again it is told like any
    /// other trouble, and lists become rarer: one that is always too slow would go on for ever.
    public final boolean beginAnew() {
        return beginAnew;
    }
}
