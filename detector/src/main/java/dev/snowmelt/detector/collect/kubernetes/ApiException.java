package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.detector.collect.LookException;

/// The API server did not do what was asked; the message is one sentence for people.
final class ApiException extends LookException {
    private static final long serialVersionUID = 1;

    /// What went wrong, as far as the collector cares.
    enum Cause {
        /// 403.
        FORBIDDEN,
        /// 410, or an ERROR event that carries it: the resourceVersion or the continue token is too
        /// old.
        EXPIRED,
        /// 404.
        NOT_FOUND,
        /// 400 or 422: the server does not know a parameter.
        UNSUPPORTED,
        /// No answer at all.
        UNREACHABLE,
        /// The answer broke off.
        INTERRUPTED,
        /// Anything else.
        OTHER
    }

    private final Cause why;

    ApiException(Cause why, String message) {
        super(message, null, why == Cause.EXPIRED);
        this.why = why;
    }

    ApiException(Cause why, String message, Throwable cause) {
        super(message, cause, why == Cause.EXPIRED);
        this.why = why;
    }

    Cause why() {
        return why;
    }
}
