package dev.snowmelt.detector.topology;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// A seeded 64-bit hash of a record's key and value, in the construction of wyhash (public domain):
/// 128-bit products folded over three lanes.
///
/// The detector takes two records for the same when their hashes agree. With n facets in an index a
/// changed record is mistaken for one of them with a probability of n/2^64; the seed keeps anybody
/// from making it happen on purpose.
final class FacetHash {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final long P0 = 0xa0761d6478bd642fL;
    private static final long P1 = 0xe7037ed1a0b428dbL;
    private static final long P2 = 0x8ebc6af09c88c6e3L;
    private static final long P3 = 0x589965cc75374cc3L;

    private final long seed;

    FacetHash(long seed) {
        this.seed = seed ^ P0;
    }

    /// Never 0, which an index takes for an empty slot.
    long of(byte[] key, byte[] value) {
        long hash = fold(value, 0, value.length, fold(key, 0, key.length, seed));
        return hash == 0 ? P0 : hash;
    }

    /// As above, of what an agent wrote: the same bytes are another facet when a collector wrote
    /// them.
    long ofAgent(byte[] key, byte[] value) {
        long hash = of(key, value) ^ P3;
        return hash == 0 ? P1 : hash;
    }

    /// Of one array alone; never 0.
    long of(byte[] bytes) {
        long hash = fold(bytes, 0, bytes.length, seed);
        return hash == 0 ? P0 : hash;
    }

    /// Of a part of an array; the same in every process.
    static long range(byte[] bytes, int from, int to) {
        return fold(bytes, from, to - from, P0);
    }

    /// Of a text after others; the same in every process.
    static long text(long before, String text) {
        long state = multiply(before ^ P0, P1 ^ text.length());
        long word = 0;
        for (int i = 0; i < text.length(); i++) {
            word = word << 16 | text.charAt(i);
            if ((i & 3) == 3) {
                state = multiply(word ^ P2, state ^ P3);
                word = 0;
            }
        }
        return multiply(word ^ P2, state ^ P3);
    }

    private static long fold(byte[] data, int from, int length, long start) {
        long state = start;
        int end = from + length;
        long a;
        long b;
        if (length >= 16) {
            int at = from;
            if (length > 48) {
                long second = state;
                long third = state;
                do {
                    state = multiply(longAt(data, at) ^ P1, longAt(data, at + 8) ^ state);
                    second = multiply(longAt(data, at + 16) ^ P2, longAt(data, at + 24) ^ second);
                    third = multiply(longAt(data, at + 32) ^ P3, longAt(data, at + 40) ^ third);
                    at += 48;
                } while (end - at > 48);
                state ^= second ^ third;
            }
            while (end - at > 16) {
                state = multiply(longAt(data, at) ^ P1, longAt(data, at + 8) ^ state);
                at += 16;
            }
            a = longAt(data, end - 16);
            b = longAt(data, end - 8);
        } else if (length >= 4) {
            int middle = from + ((length >>> 3) << 2);
            a = intAt(data, from) << 32 | intAt(data, middle);
            b = intAt(data, end - 4) << 32 | intAt(data, end - 4 - (middle - from));
        } else if (length > 0) {
            a = (data[from] & 255L) << 16 | (data[from + (length >>> 1)] & 255L) << 8 | (data[end - 1] & 255L);
            b = 0;
        } else {
            a = 0;
            b = 0;
        }
        return multiply(P1 ^ length, multiply(a ^ P1, b ^ state));
    }

    private static long multiply(long a, long b) {
        return a * b ^ Math.unsignedMultiplyHigh(a, b);
    }

    private static long longAt(byte[] data, int at) {
        return (long) LONG.get(data, at);
    }

    private static long intAt(byte[] data, int at) {
        return (int) INT.get(data, at) & 0xffffffffL;
    }
}
