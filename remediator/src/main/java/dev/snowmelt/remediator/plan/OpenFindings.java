package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.RemediationPolicy.Mode;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.Verdict.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Sorts what is open in a workload by why it is open.
final class OpenFindings {
    private final WorkloadId workload;
    private final Map<String, OpenFinding> byReason = new TreeMap<>();

    private OpenFindings(WorkloadId workload) {
        this.workload = workload;
    }

    static List<OpenFinding> of(WorkloadState workload) {
        var open = new OpenFindings(workload.id());
        workload.lives().values().forEach(open::add);
        TrackedRemediation restore = workload.templateLife();
        if (restore != null) {
            open.add(OpenFinding.reason(restore), since(restore));
        }
        String undecided = off(workload) ? OpenFinding.word(Hold.Reason.MODE) : OpenFinding.NONE;
        for (Member member : workload.notable().values()) {
            if (member.drifted() && !workload.lives().containsKey(member.id())) {
                open.add(undecided, Times.instant(member.verdict().getSince()));
            }
        }
        return List.copyOf(open.byReason.values());
    }

    /// Nothing is decided about a workload that is to be left alone, not even that it is held.
    private static boolean off(WorkloadState workload) {
        var verdict = workload.verdict();
        return verdict != null && verdict.getPolicy().getMode() == Mode.OFF;
    }

    /// An outdated instance that waits for its turn is no snowflake; one whose replacement is stuck
    /// is somebody's trouble all the same.
    private void add(TrackedRemediation life) {
        Phase phase = Life.phase(life);
        if (life.getRemediation().getState() == State.DRIFTED || phase == Phase.STUCK || phase == Phase.FAILED) {
            add(OpenFinding.reason(life), since(life));
        }
    }

    private static Instant since(TrackedRemediation life) {
        return Times.instant(life.getRemediation().getDriftedAt());
    }

    private void add(String reason, Instant since) {
        OpenFinding known = byReason.get(reason);
        byReason.put(reason, known == null ? new OpenFinding(workload, reason, 1, since) : known.and(since));
    }
}
