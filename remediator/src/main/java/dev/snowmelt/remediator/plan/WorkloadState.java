package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.Policies;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.remediator.guard.WorkloadView;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Remediation.Phase;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.WorkloadStanding;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the heap keeps of one workload: counts of all its instances, but only those instances
/// themselves that something may have to be decided about. A workload without drift costs a few
/// hundred bytes however many instances it has; the rest lies in the store.
final class WorkloadState {
    private final WorkloadId id;
    private final Map<InstanceId, Member> notable = new HashMap<>();
    private final Set<InstanceId> unavailable = new HashSet<>();
    private final Map<InstanceId, TrackedRemediation> lives = new LinkedHashMap<>();
    private final Map<InstanceId, TrackedRemediation> spent = new LinkedHashMap<>();
    private @Nullable TrackedRemediation templateLife;
    private @Nullable WorkloadVerdict verdict;
    private WorkloadStanding standing = WorkloadStanding.getDefaultInstance();
    private int known;
    private int ready;
    private int drifted;
    private int outdated;
    /// As long as nothing changes it is not sorted again.
    private @Nullable List<OpenFinding> open;

    WorkloadState(WorkloadId id) {
        this.id = id;
    }

    WorkloadId id() {
        return id;
    }

    /// Counts an instance's newest verdict.
    ///
    /// @param before what was counted for it; null: it is new
    /// @param after null: it is gone
    void census(@Nullable Member before, @Nullable Member after) {
        if ((before != null && before.drifted()) || (after != null && after.drifted())) {
            open = null;
        }
        if (before != null) {
            count(before, -1);
            notable.remove(before.id());
            unavailable.remove(before.id());
        }
        if (after != null) {
            count(after, 1);
            if (!after.serves()) {
                unavailable.add(after.id());
            }
            if (worthKeeping(after)) {
                notable.put(after.id(), after);
            }
        }
    }

    private void count(Member member, int by) {
        known += by;
        ready += member.serves() ? by : 0;
        drifted += member.drifted() ? by : 0;
        outdated += member.outdated() ? by : 0;
    }

    private boolean worthKeeping(Member member) {
        if (member.candidate() || !member.serves() || lives.containsKey(member.id())) {
            return true;
        }
        for (TrackedRemediation life : spent.values()) {
            if (member.firstSeen().isAfter(Life.slotSince(life))) {
                return true;
            }
        }
        return false;
    }

    /// Takes a remediation's newest state; one that ended is forgotten here.
    void life(InstanceId instance, TrackedRemediation life) {
        open = null;
        if (Life.ended(life)) {
            forget(instance);
            return;
        }
        lives.put(instance, life);
        if (Life.slotSpent(life)) {
            spent.put(instance, life);
        } else {
            free(instance);
        }
    }

    void forget(InstanceId instance) {
        open = null;
        lives.remove(instance);
        notable.computeIfPresent(instance, (_, member) -> worthKeeping(member) ? member : null);
        free(instance);
    }

    /// When the last slot is free, whoever came since the first one was spent is of no interest any
    /// more.
    private void free(InstanceId instance) {
        if (spent.remove(instance) != null && spent.isEmpty()) {
            notable.values().removeIf(member -> !worthKeeping(member));
        }
    }

    void templateLife(@Nullable TrackedRemediation life) {
        open = null;
        templateLife = life == null || Life.ended(life) ? null : life;
    }

    void attribute(InstanceId replacement, InstanceId replaced) {
        notable.computeIfPresent(replacement, (_, member) -> member.standingFor(replaced));
    }

    void verdict(@Nullable WorkloadVerdict newest) {
        open = drifted > 0 ? null : open;
        verdict = newest;
    }

    void standing(WorkloadStanding next) {
        standing = next;
    }

    @Nullable WorkloadVerdict verdict() {
        return verdict;
    }

    WorkloadStanding standing() {
        return standing;
    }

    /// The instances that something may have to be decided about.
    Map<InstanceId, Member> notable() {
        return notable;
    }

    /// Remediations of instances that have not ended.
    Map<InstanceId, TrackedRemediation> lives() {
        return lives;
    }

    /// Those of them whose slot is spent.
    Map<InstanceId, TrackedRemediation> spent() {
        return spent;
    }

    @Nullable TrackedRemediation templateLife() {
        return templateLife;
    }

    int known() {
        return known;
    }

    int ready() {
        return ready;
    }

    int drifted() {
        return drifted;
    }

    int outdated() {
        return outdated;
    }

    /// What is still open here, by reason.
    List<OpenFinding> open() {
        List<OpenFinding> sorted = open;
        if (sorted == null) {
            sorted = OpenFindings.of(this);
            open = sorted;
        }
        return sorted;
    }

    boolean restoring() {
        return templateLife != null && Life.slotSpent(templateLife);
    }

    /// Its restore did not come to its end. It is charged like any other, but it is not its turn
    /// any more.
    boolean restoreStuck() {
        return templateLife != null && Life.phase(templateLife) == Phase.STUCK;
    }

    /// An outdated instance of it is in flight.
    boolean rolling() {
        for (TrackedRemediation life : spent.values()) {
            if (Life.phase(life) != Phase.STUCK
                    && life.getRemediation().getState() == dev.snowmelt.v1.Verdict.State.OUTDATED) {
                return true;
            }
        }
        return false;
    }

    int slots() {
        return spent.size();
    }

    /// How many of them, and of restores, are STUCK.
    int stuck() {
        int count = restoreStuck() ? 1 : 0;
        for (TrackedRemediation life : spent.values()) {
            count += Life.phase(life) == Phase.STUCK ? 1 : 0;
        }
        return count;
    }

    /// Something here comes to its end when it is seen, or when it is not.
    boolean awaitsSight() {
        return !spent.isEmpty() || restoring();
    }

    /// Something here waits for a decision that other workloads or people may change.
    boolean active() {
        return drifted + outdated > 0 || !lives.isEmpty() || templateLife != null || diverged();
    }

    /// Its declared template is known to be another than the one that is there.
    boolean diverged() {
        WorkloadVerdict newest = verdict;
        return newest != null
                && newest.getRevision() > 0
                && switch (newest.getTemplateState()) {
                    case MISMATCHED, UNPINNED -> true;
                    case MATCHING, TEMPLATE_UNKNOWN, UNRECOGNIZED -> false;
                };
    }

    /// So many wait here that many changes are better looked at once.
    boolean large() {
        return notable.size() + lives.size() > 128;
    }

    boolean empty() {
        return known == 0 && verdict == null && lives.isEmpty() && templateLife == null;
    }

    WorkloadView view(Instant now) {
        int readySlots = 0;
        int asked = 0;
        boolean overdue = false;
        for (var entry : spent.entrySet()) {
            Member member = notable.get(entry.getKey());
            readySlots += member != null && member.serves() ? 1 : 0;
            asked += Life.phase(entry.getValue()) == Phase.ISSUED ? 1 : 0;
            overdue |= overdue(entry.getValue(), now);
        }
        return new WorkloadView(
                id,
                verdict,
                known,
                ready,
                outdated,
                Collections.unmodifiableSet(unavailable),
                Set.copyOf(spent.keySet()),
                readySlots,
                asked,
                overdue,
                restoring(),
                standing);
    }

    private boolean overdue(TrackedRemediation life, Instant now) {
        WorkloadVerdict newest = verdict;
        return newest != null
                && Life.phase(life) == Phase.TERMINATED
                && !Times.instant(life.getRemediation().getTerminatedAt())
                        .plus(Policies.proofTimeout(newest))
                        .isAfter(now);
    }
}
