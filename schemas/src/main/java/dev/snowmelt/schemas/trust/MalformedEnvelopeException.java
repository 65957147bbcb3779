package dev.snowmelt.schemas.trust;

/// An envelope is not what an envelope must be; the message says how.
public final class MalformedEnvelopeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MalformedEnvelopeException(String message) {
        super("the envelope " + message);
    }
}
