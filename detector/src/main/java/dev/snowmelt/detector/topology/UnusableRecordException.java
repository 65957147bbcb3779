package dev.snowmelt.detector.topology;

/// A record that goes to the dead letters; the message says why.
final class UnusableRecordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableRecordException(String message) {
        super(message);
    }
}
