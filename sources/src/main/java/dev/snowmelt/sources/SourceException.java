package dev.snowmelt.sources;

import java.util.List;

/// A source cannot be believed: nothing of it is declared, not even the part that could be read.
public final class SourceException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Fault> faults;

    /// @param faults at least one
    public SourceException(List<Fault> faults) {
        super(String.join("; ", faults.stream().map(Fault::toString).toList()));
        this.faults = List.copyOf(faults);
    }

    /// The only fault.
    public SourceException(String place, String message) {
        this(List.of(new Fault(place, message)));
    }

    /// Every fault, in the source's order.
    public List<Fault> faults() {
        return faults;
    }

    /// What is wrong with a source.
    ///
    /// @param place where it stands: file, document or address, and path
    /// @param message what is wrong and what would be right
    public record Fault(String place, String message) {
        @Override
        public String toString() {
            return place + ": " + message;
        }
    }
}
