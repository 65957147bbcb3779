package dev.snowmelt.remediator.plan;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.TrackedRemediation;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/// Snowflakes of one workload that are still there for the same reason.
///
/// @param reason why: a hold's reason in lower case, or [#UNDER_WAY], [#STUCK], [#FAILED], [#NONE]
/// @param findings how many: drifted instances, replacements that are stuck or failed, and a
/// diverged template
/// @param since when the oldest of them was first observed
public record OpenFinding(WorkloadId workload, String reason, int findings, Instant since) {
    /// A command is out or carried out, and its end is awaited.
    public static final String UNDER_WAY = "under_way";
    /// What was terminated is not proven replaced, and a person must look.
    public static final String STUCK = "stuck";
    /// The platform refused for good.
    public static final String FAILED = "failed";
    /// Nothing was decided yet.
    public static final String NONE = "none";

    /// Every word that may be a reason.
    public static Set<String> reasons() {
        var words = new java.util.TreeSet<>(Set.of(UNDER_WAY, STUCK, FAILED, NONE));
        for (Hold.Reason reason : Hold.Reason.values()) {
            if (reason != Hold.Reason.REASON_UNSPECIFIED && reason != Hold.Reason.UNRECOGNIZED) {
                words.add(word(reason));
            }
        }
        return words;
    }

    static String reason(TrackedRemediation life) {
        Remediation remediation = life.getRemediation();
        return switch (remediation.getPhase()) {
            case HELD, BLOCKED -> word(remediation.getHold().getReason());
            case ISSUED, TERMINATED -> UNDER_WAY;
            case STUCK -> STUCK;
            case FAILED -> FAILED;
            case REPLACED, RETIRED, RESOLVED, PHASE_UNSPECIFIED, UNRECOGNIZED -> NONE;
        };
    }

    static String word(Hold.Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }

    OpenFinding and(Instant other) {
        return new OpenFinding(workload, reason, findings + 1, other.isBefore(since) ? other : since);
    }
}
