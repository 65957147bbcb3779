package dev.snowmelt.remediator.execute;

import dev.snowmelt.v1.Hold;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a platform said to one call. The detail is one sentence for people.
public sealed interface Reply {
    /// One sentence for people.
    String detail();

    /// It does what was asked.
    record Accepted(String detail) implements Reply {}

    /// What the call was about is not there any more.
    record Gone(String detail) implements Reply {}

    /// It is not what was looked at any more; nothing was done, and another look is worth it.
    record Conflict(String detail) implements Reply {}

    /// It must not be done any more: it expired, is paused, or rests on another declaration.
    /// Whether a call before that one did anything, the detail says.
    record Refused(String detail) implements Reply {}

    /// Not now, nothing was done.
    ///
    /// @param by DISRUPTION_BUDGET or PLATFORM
    /// @param retryAfter how long the platform asks to wait; null when it does not say
    /// @param ofWorkload it would say the same of every other instance of the workload
    record NotNow(Hold.Reason by, String detail, @Nullable Duration retryAfter, boolean ofWorkload) implements Reply {
        /// About this one alone, as far as is known.
        public NotNow(Hold.Reason by, String detail, @Nullable Duration retryAfter) {
            this(by, detail, retryAfter, false);
        }
    }

    /// No, and asking again changes nothing: an invalid request. Nothing was done.
    record Rejected(String detail) implements Reply {}

    /// The call was sent, and nobody can tell whether it took effect.
    record EffectUnknown(String detail) implements Reply {}

    /// A dry run: the call was not made.
    record Withheld(String detail) implements Reply {}
}
