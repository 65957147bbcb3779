package dev.snowmelt.detector.register;

import java.util.Locale;

/// Why a proposal does not count where signatures are checked.
enum Distrust {
    /// It has no signature.
    UNSIGNED,
    /// Its envelope is none.
    MALFORMED,
    /// No trusted key made one of its signatures.
    UNKNOWN_KEY,
    /// A signature that names a trusted key is not that key's over this content.
    BAD_SIGNATURE,
    /// What was signed is no proposal.
    PAYLOAD_TYPE,
    /// It does not say when it expires.
    NO_EXPIRY,
    /// It expired before it was decided about.
    EXPIRED,
    /// It expires later than signatures are remembered.
    EXPIRES_TOO_LATE,
    /// Its record's time has not come yet.
    FROM_THE_FUTURE,
    /// It was decided about before.
    REPLAYED;

    /// The word in metrics.
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
