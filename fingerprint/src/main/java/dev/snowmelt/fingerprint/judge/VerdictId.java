package dev.snowmelt.fingerprint.judge;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.v1.Drift;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Ids of verdicts: equal findings have equal ids, in every process and every version. They stand
/// in topics and in command ids, so the computation must never change.
public final class VerdictId {
    private VerdictId() {}

    /// Hash of instance, state, drifts and revision.
    ///
    /// @return 32 hexadecimal digits
    public static String of(InstanceId instance, Judgement judgement) {
        return of(instance.toString(), judgement);
    }

    /// Hash of instance, state, drifts and revision.
    ///
    /// @param instance the instance's id as text
    /// @return 32 hexadecimal digits
    public static String of(String instance, Judgement judgement) {
        return new Finding(judgement).of(instance).toString();
    }

    /// What of an id follows from the judgement, prepared once for all instances that are judged
    /// alike.
    public static final class Finding {
        private final long[] words;

        public Finding(Judgement judgement) {
            var hash = new Hash128.Words();
            hash.add(judgement.state().getNumber());
            hash.add(judgement.revision());
            List<Drift> drifts = judgement.drifts();
            for (int i = 0; i < drifts.size(); i++) {
                Drift drift = drifts.get(i);
                hash.add(drift.getKindValue());
                hash.add(drift.getSubject());
                hash.add(drift.getDeclared());
                hash.add(drift.getObserved());
            }
            words = hash.toArray();
        }

        /// The id of an instance's verdict.
        ///
        /// @param instance the instance's id as text
        public Bits of(String instance) {
            var hash = new Hash128();
            hash.add(instance);
            return end(hash);
        }

        /// As above, of a text that is given in ASCII.
        ///
        /// @param from where it begins
        /// @param to where it ends
        public Bits ofAscii(byte[] instance, int from, int to) {
            var hash = new Hash128();
            hash.addAscii(instance, from, to);
            return end(hash);
        }

        private Bits end(Hash128 hash) {
            for (long word : words) {
                hash.add(word);
            }
            return hash.end();
        }
    }

    /// An id before it is written as text.
    ///
    /// @param high the first 16 digits
    /// @param low the last 16 digits
    public record Bits(long high, long low) {
        private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        private static final int DIGITS = 32;

        /// The id in ASCII.
        public byte[] digits() {
            byte[] digits = new byte[DIGITS];
            write(high, digits, 0);
            write(low, digits, DIGITS / 2);
            return digits;
        }

        private static void write(long value, byte[] digits, int from) {
            for (int i = 0; i < DIGITS / 2; i++) {
                digits[from + i] = HEX[(int) (value >>> (60 - 4 * i)) & 15];
            }
        }

        /// The id.
        @Override
        public String toString() {
            return new String(digits(), StandardCharsets.US_ASCII);
        }
    }
}
