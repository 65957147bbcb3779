package dev.snowmelt.detector.collect;

/// A record did not get into Kafka, or may not be written any more: the session is over, and a new
/// one begins with a snapshot.
public final class PublishException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PublishException(String message) {
        super(message);
    }

    PublishException(String message, Throwable cause) {
        super(message, cause);
    }
}
