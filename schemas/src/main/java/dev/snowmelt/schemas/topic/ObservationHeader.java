package dev.snowmelt.schemas.topic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/// What is said about an observation without being part of what was seen: one record header of 33 bytes, big endian, so
/// that the detector can look at a single
/// field without parsing or allocating.
///
/// @param epoch epoch of the collector's lease (`leaseTransitions`); a lower one of the same target is dropped. 0 for
/// agents, which hold no lease
/// @param snapshot id of the snapshot that the record belongs to, the same on BEGIN, its records and END; 0 for what
/// was seen outside one
/// @param resourceVersion the object's resourceVersion as a number; 0 when unknown. Comparable within one target and
/// epoch
/// @param observedAtMillis when the collector saw it, by its clock, in milliseconds since 1970
/// @param source how it was seen
public record ObservationHeader(long epoch, long snapshot, long resourceVersion, long observedAtMillis, Source source) {
    /// How an observation was made.
    public enum Source {
        /// Part of a list: may be older than what a watch already said.
        LIST(0),
        /// An event of a watch, or a look at one object: newer than what came before it.
        WATCH(1),
        /// An agent inside or beside the instance.
        AGENT(2);

        private final byte code;

        Source(int code) {
            this.code = (byte) code;
        }
    }

    /// Name of the record header.
    public static final String NAME = "snowmelt";

    private static final int SIZE = 33;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final Source[] SOURCES = {Source.LIST, Source.WATCH, Source.AGENT};

    /// The header's bytes.
    public byte[] toBytes() {
        byte[] bytes = new byte[SIZE];
        LONG.set(bytes, 0, epoch);
        LONG.set(bytes, 8, snapshot);
        LONG.set(bytes, 16, resourceVersion);
        LONG.set(bytes, 24, observedAtMillis);
        bytes[32] = source.code;
        return bytes;
    }

    /// Puts it into a record's headers.
    public void addTo(Headers headers) {
        headers.add(NAME, toBytes());
    }

    /// Reads it from a record's headers; empty when there is none or it is malformed.
    public static Optional<ObservationHeader> of(Headers headers) {
        Header header = headers.lastHeader(NAME);
        return header == null || !wellFormed(header.value())
                ? Optional.empty()
                : Optional.of(new ObservationHeader(
                        epoch(header.value()),
                        snapshot(header.value()),
                        resourceVersion(header.value()),
                        observedAtMillis(header.value()),
                        source(header.value())));
    }

    /// True when the accessors below may be called on these bytes. A header may have no value at all.
    public static boolean wellFormed(byte @Nullable [] bytes) {
        return bytes != null && bytes.length == SIZE && bytes[32] >= 0 && bytes[32] < SOURCES.length;
    }

    /// The lease epoch in a well-formed header.
    public static long epoch(byte[] bytes) {
        return (long) LONG.get(bytes, 0);
    }

    /// The snapshot's id in a well-formed header.
    public static long snapshot(byte[] bytes) {
        return (long) LONG.get(bytes, 8);
    }

    /// The resourceVersion in a well-formed header.
    public static long resourceVersion(byte[] bytes) {
        return (long) LONG.get(bytes, 16);
    }

    /// When it was seen, in a well-formed header.
    public static long observedAtMillis(byte[] bytes) {
        return (long) LONG.get(bytes, 24);
    }

    /// How it was seen, in a well-formed header.
    public static Source source(byte[] bytes) {
        return SOURCES[bytes[32]];
    }
}
