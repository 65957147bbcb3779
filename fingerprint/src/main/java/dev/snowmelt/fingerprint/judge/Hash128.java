package dev.snowmelt.fingerprint.judge;

/// A fixed 128-bit hash of a sequence of numbers and texts: the mixing of MurmurHash3 (x64, 128 bit, public domain,
/// Austin Appleby) over 64-bit words. Not for secrets.
final class Hash128 {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private long h1;
    private long h2;
    private long pending;
    private long words;

    /// Adds a number.
    void add(long word) {
        if ((words++ & 1) == 0) {
            pending = word;
            return;
        }
        mix(pending, word);
    }

    /// Adds a text and its length, so that `ab`, `c` differs from `a`, `bc`.
    void add(String text) {
        int length = text.length();
        add(length);
        long word = 0;
        for (int i = 0; i < length; i++) {
            word = word << 16 | text.charAt(i);
            if ((i & 3) == 3) {
                add(word);
                word = 0;
            }
        }
        if ((length & 3) != 0) {
            add(word);
        }
    }

    /// The hash of all that was added.
    ///
    /// @return 32 hexadecimal digits
    String toHex() {
        long a = h1;
        long b = h2;
        if ((words & 1) == 1) {
            a ^= Long.rotateLeft(pending * C1, 31) * C2;
        }
        a ^= words;
        b ^= words;
        a += b;
        b += a;
        a = finish(a);
        b = finish(b);
        a += b;
        b += a;
        var hex = new char[32];
        write(a, hex, 0);
        write(b, hex, 16);
        return new String(hex);
    }

    private void mix(long first, long second) {
        h1 ^= Long.rotateLeft(first * C1, 31) * C2;
        h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
        h2 ^= Long.rotateLeft(second * C2, 33) * C1;
        h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
    }

    private static long finish(long value) {
        long k = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
        k = (k ^ k >>> 33) * 0xc4ceb9fe1a85ec53L;
        return k ^ k >>> 33;
    }

    private static void write(long value, char[] hex, int from) {
        for (int i = 0; i < 16; i++) {
            hex[from + i] = HEX[(int) (value >>> (60 - 4 * i)) & 15];
        }
    }
}
