package dev.snowmelt.detector.topology;

import java.util.Arrays;

/// Writes a Protobuf message from its last byte to its first, into a buffer that is used again:
/// when the head of a nested message is written its length is known, so nothing has to be measured
/// before. Fields are written in the descending order of their numbers; those with their default
/// are left out, as Protobuf does.
final class ReverseEncoder {
    private static final int VARINT = 0;
    private static final int DELIMITED = 2;
    private static final int FIRST_BYTES = 1 << 10;
    private static final int NANOS_PER_MILLI = 1_000_000;

    private byte[] buffer = new byte[FIRST_BYTES];
    private int left = buffer.length;

    /// Begins a message.
    void begin() {
        left = buffer.length;
    }

    /// The message.
    byte[] end() {
        return Arrays.copyOfRange(buffer, left, buffer.length);
    }

    /// Where it stands: what is written from here on can be made a [#message].
    int mark() {
        return buffer.length - left;
    }

    /// Makes what was written since the mark a nested message; an empty one stays.
    void message(int field, int mark) {
        head(field, buffer.length - left - mark);
    }

    /// A text or other bytes; none: nothing is written.
    void bytes(int field, byte[] from, int start, int end) {
        if (end > start) {
            raw(from, start, end);
            head(field, end - start);
        }
    }

    /// As above, all of them.
    void bytes(int field, byte[] all) {
        bytes(field, all, 0, all.length);
    }

    /// A number, a boolean or an enum; 0: nothing is written.
    void number(int field, long value) {
        if (value != 0) {
            varint(value);
            varint(field << 3 | VARINT);
        }
    }

    /// @param millis since 1970
    void timestamp(int field, long millis) {
        timestamp(field, Math.floorDiv(millis, 1000L), Math.floorMod(millis, 1000) * NANOS_PER_MILLI);
    }

    void timestamp(int field, long seconds, int nanos) {
        int mark = mark();
        number(com.google.protobuf.Timestamp.NANOS_FIELD_NUMBER, nanos);
        number(com.google.protobuf.Timestamp.SECONDS_FIELD_NUMBER, seconds);
        message(field, mark);
    }

    /// Fields that are written already.
    void raw(byte[] fields) {
        raw(fields, 0, fields.length);
    }

    private void raw(byte[] from, int start, int end) {
        int length = end - start;
        room(length);
        left -= length;
        System.arraycopy(from, start, buffer, left, length);
    }

    private void head(int field, int length) {
        varint(length);
        varint(field << 3 | DELIMITED);
    }

    private void varint(long value) {
        int length = (Long.SIZE + 6 - Long.numberOfLeadingZeros(value | 1)) / 7;
        room(length);
        left -= length;
        long rest = value;
        int at = left;
        for (int i = 1; i < length; i++) {
            buffer[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[at] = (byte) rest;
    }

    private void room(int length) {
        if (length > left) {
            int used = buffer.length - left;
            byte[] bigger = new byte[Math.max(2 * buffer.length, used + length)];
            System.arraycopy(buffer, left, bigger, bigger.length - used, used);
            left = bigger.length - used;
            buffer = bigger;
        }
    }
}
