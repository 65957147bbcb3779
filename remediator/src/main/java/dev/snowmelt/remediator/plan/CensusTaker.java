package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.SnapshotSettled;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadStanding;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Instant;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Takes what the detector says into the census: counts, since when what is known, and when the
/// target was seen whole. Decides nothing.
final class CensusTaker {
    private final Memory memory;
    private final Ledger ledger;
    private final GuardSettings guards;

    CensusTaker(Memory memory, Ledger ledger, GuardSettings guards) {
        this.memory = memory;
        this.ledger = ledger;
        this.guards = guards;
    }

    /// @param verdict null: the instance is gone
    void instance(
            TargetState target,
            WorkloadState workload,
            InstanceId instance,
            @Nullable VerdictRecord verdict,
            Instant now) {
        var key = new SubjectKey.OfInstance(workload.id(), instance);
        CensusEntry known = memory.census().get(key);
        Member before = known == null ? null : Member.of(instance, known);
        CensusEntry entry = null;
        if (verdict != null) {
            var next = entry(verdict, now);
            boolean anew = before == null || startedAnew(before.verdict(), verdict.getInstance());
            next.setFirstSeen(Times.timestamp(before == null || anew ? now : before.firstSeen()));
            next.setReplaces(known == null ? "" : known.getReplaces());
            next.setReadySince(Times.timestamp(before == null || anew || !before.serves() ? now : before.readySince()));
            entry = next.build();
        }
        if (known != null || entry != null) {
            memory.census().put(key, entry);
        }
        Member after = entry == null ? null : Member.of(instance, entry);
        workload.census(before, after);
        target.census().moved(before, after);
        target.settling()
                .moved(
                        now,
                        by(before, after, _ -> true),
                        by(before, after, Member::drifted),
                        by(before, after, Member::outdated),
                        guards);
    }

    /// Some platforms let an instance that was stopped run again under its id (EC2 does, and its
    /// warm pools rest on it): then it came into being when it was started, as its creation time
    /// says.
    private static boolean startedAnew(Verdict before, Verdict after) {
        return before.hasCreated()
                && after.hasCreated()
                && Times.instant(after.getCreated()).isAfter(Times.instant(before.getCreated()));
    }

    private static int by(@Nullable Member before, @Nullable Member after, Predicate<Member> counts) {
        return (after != null && counts.test(after) ? 1 : 0) - (before != null && counts.test(before) ? 1 : 0);
    }

    /// @param verdict null: the workload is gone
    void workload(TargetState target, WorkloadState workload, @Nullable VerdictRecord verdict, Instant now) {
        memory.census()
                .put(
                        new SubjectKey.OfWorkload(workload.id()),
                        verdict == null ? null : entry(verdict, now).build());
        WorkloadVerdict newest = verdict == null ? null : verdict.getWorkload();
        target.census().moved(workload.verdict(), newest);
        workload.verdict(newest);
        heard(workload, newest, now);
    }

    /// Remembers when a revision was first heard of. With the workload that is forgotten: should it
    /// come back, its revision is new again.
    private void heard(WorkloadState workload, @Nullable WorkloadVerdict newest, Instant now) {
        WorkloadStanding standing = workload.standing();
        if (newest == null) {
            ledger.standing(
                    workload,
                    standing.toBuilder().clearHeardRevision().clearHeardAt().build());
        } else if (newest.getRevision() > 0 && newest.getRevision() != standing.getHeardRevision()) {
            ledger.standing(
                    workload,
                    standing.toBuilder()
                            .setHeardRevision(newest.getRevision())
                            .setHeardAt(Times.timestamp(now))
                            .build());
        }
    }

    private static CensusEntry.Builder entry(VerdictRecord verdict, Instant now) {
        return CensusEntry.newBuilder().setRecord(verdict).setReceived(Times.timestamp(now));
    }

    /// One partition has settled a snapshot; when each of them has, the target has been seen whole.
    ///
    /// @param said when the detector said it
    void snapshot(TargetState target, int partition, SnapshotSettled settled, Instant said, Instant now) {
        if (settled.getComplete()) {
            // A word that waited in a backlog tells of then, not of now.
            Instant at = said.isBefore(now) ? said : now;
            TargetStanding next = Seen.complete(target.standing(), partition, settled, at, now);
            ledger.standing(target, next);
        }
    }
}
