package dev.snowmelt.detector.topology;

import dev.snowmelt.v1.Drift;
import java.util.ArrayList;
import java.util.List;

/// How large things may be, so that whatever comes of them fits into a record. A record that no
/// broker takes would stop its partition for good: it would be met again after every restart.
///
/// What comes in is limited such that a state is less than the 1,000,000 bytes that a changelog
/// takes by default; what verdicts say of it in their own words is cut.
final class Limits {
    /// Bytes of the largest observation with its key: some thousand containers.
    static final int OBSERVATION = 512 << 10;
    /// Bytes of all that agents say of an instance.
    static final int CONTENTS = 384 << 10;
    /// How many containers of an instance agents may speak of.
    static final int MOST_CONTENTS = 64;
    /// Bytes of the largest declaration with its key.
    static final int DECLARATION = 1_000_000;
    /// Bytes of the longest key of a workload or an instance. Kubernetes' and EC2's are at most a
    /// few hundred.
    static final int KEY = 4 << 10;

    /// Drifts of one subject are listed up to this; the rest are one line.
    private static final int DRIFTS = 16 << 10;

    private static final int TEXT = 1_024;

    private Limits() {}

    /// @throws UnusableRecordException when it is more
    static void require(String what, long bytes, int most) {
        if (bytes > most) {
            throw new UnusableRecordException(what + " of " + bytes + " bytes: at most " + most + " can be kept");
        }
    }

    /// The beginning of a text that is too long for a verdict.
    static String text(String text) {
        if (text.length() <= TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(TEXT - 2)) ? TEXT - 2 : TEXT - 1;
        return text.substring(0, end) + "…";
    }

    /// The first drifts, shortened.
    static List<Drift> drifts(List<Drift> drifts) {
        int bytes = 0;
        var all = new ArrayList<Drift>(drifts.size());
        for (int i = 0; i < drifts.size(); i++) {
            Drift drift = drift(drifts.get(i));
            bytes += drift.getSerializedSize() + 4;
            if (bytes > DRIFTS && i > 0) {
                all.add(Drift.newBuilder()
                        .setKind(drift.getKind())
                        .setSubject("and " + (drifts.size() - i) + " more")
                        .build());
                return all;
            }
            all.add(drift);
        }
        return all;
    }

    private static Drift drift(Drift drift) {
        boolean fits = drift.getSubject().length() <= TEXT
                && drift.getDeclared().length() <= TEXT
                && drift.getObserved().length() <= TEXT;
        return fits
                ? drift
                : drift.toBuilder()
                        .setSubject(text(drift.getSubject()))
                        .setDeclared(text(drift.getDeclared()))
                        .setObserved(text(drift.getObserved()))
                        .build();
    }
}
