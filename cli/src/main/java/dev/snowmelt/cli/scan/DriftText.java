package dev.snowmelt.cli.scan;

import dev.snowmelt.v1.Drift;
import java.util.regex.Pattern;

/// Drifts for people.
final class DriftText {
    private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{12})[0-9a-f]{52}");

    private DriftText() {}

    /// `IMAGE_MISMATCH cart: declared a@sha256:…, runs b@sha256:…`, whole digests.
    static String whole(Drift drift) {
        String declared = drift.getDeclared().isEmpty() ? "" : "declared " + drift.getDeclared();
        String observed = drift.getObserved().isEmpty() ? "" : "observed " + drift.getObserved();
        String both = declared + (declared.isEmpty() || observed.isEmpty() ? "" : ", ") + observed;
        return drift.getKind() + " " + drift.getSubject() + (both.isEmpty() ? "" : ": " + both);
    }

    /// The same with digests of 12 digits, which are enough to tell them apart; JSON has them whole.
    static String brief(Drift drift) {
        return DIGEST.matcher(whole(drift)).replaceAll("sha256:$1…");
    }
}
