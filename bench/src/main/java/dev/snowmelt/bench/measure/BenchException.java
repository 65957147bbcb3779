package dev.snowmelt.bench.measure;

/// The run proves nothing: what was measured did not do its work. Its message is for people.
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BenchException(String message) {
        super(message);
    }

    public BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
