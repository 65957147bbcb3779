package dev.snowmelt.fingerprint.judge;

import java.util.Arrays;

/// A fixed 128-bit hash of a sequence of numbers and texts: the mixing of MurmurHash3 (x64, 128
/// bit, public domain, Austin Appleby) over 64-bit words. Not for secrets.
final class Hash128 {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

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
        for (int from = 0; from < length; from += 4) {
            add(word(text, from));
        }
    }

    /// As above, of a text in ASCII.
    void addAscii(byte[] text, int start, int end) {
        add(end - start);
        int from = start;
        for (; from + 4 <= end; from += 4) {
            add((long) text[from] << 48 | (long) text[from + 1] << 32 | (long) text[from + 2] << 16 | text[from + 3]);
        }
        if (from < end) {
            long word = 0;
            for (int i = from; i < end; i++) {
                word = word << 16 | text[i];
            }
            add(word);
        }
    }

    /// Up to four characters.
    private static long word(String text, int from) {
        int end = Math.min(text.length(), from + 4);
        long word = 0;
        for (int i = from; i < end; i++) {
            word = word << 16 | text.charAt(i);
        }
        return word;
    }

    /// What is added to several hashes alike.
    static final class Words {
        private long[] words = new long[16];
        private int size;

        void add(long word) {
            if (size == words.length) {
                words = Arrays.copyOf(words, 2 * size);
            }
            words[size++] = word;
        }

        /// As [Hash128#add(String)].
        void add(String text) {
            add(text.length());
            for (int from = 0; from < text.length(); from += 4) {
                add(word(text, from));
            }
        }

        long[] toArray() {
            return Arrays.copyOf(words, size);
        }
    }

    /// The hash of all that was added.
    VerdictId.Bits end() {
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
        return new VerdictId.Bits(a, b);
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
}
