package dev.snowmelt.detector.topology;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.Judgement;
import dev.snowmelt.fingerprint.judge.VerdictId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import dev.snowmelt.v1.ScanReport.WorkloadDrifts;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/// Puts what was counted into a tally that fits into a record. What does not fit is counted as left
/// out: totals are always of everything.
final class TallyWriter {
    private static final int MOST_WORKLOADS = 10_000;
    /// A cut of many scans writes no more than this to a partition, and at least so much for each
    /// of them.
    private static final int MOST_OF_A_CUT = 32 << 20;

    private static final int LEAST_OF_A_SCAN = 64 << 10;
    private static final int MOST_OF_A_SCAN = Topics.LARGEST_RECORD - (128 << 10);

    private final DetectorTask task;

    TallyWriter(DetectorTask task) {
        this.task = task;
    }

    /// How large a tally may be.
    ///
    /// @param scans how many are answered at once
    static int bytesEach(int scans) {
        return Math.clamp(MOST_OF_A_CUT / Math.max(1, scans), LEAST_OF_A_SCAN, MOST_OF_A_SCAN);
    }

    /// A tally without the scan's id.
    ///
    /// @param head what is said of the target
    /// @param after only what sorts behind this key is listed
    ScanTally tally(
            ScanTally head, Census census, Collection<Census.Workload> workloads, String after, int limit, int most) {
        var tally = head.toBuilder();
        int left = most - head.getSerializedSize() - 1024;
        left -= listDrifts(tally, census, workloads, Keys.utf8(after), limit, left / 2);
        left -= listWorkloadDrifts(tally, workloads, left / 3);
        count(tally, workloads, left);
        return tally.build();
    }

    private int listDrifts(
            ScanTally.Builder tally,
            Census census,
            Collection<Census.Workload> workloads,
            byte[] after,
            int limit,
            int most) {
        int bytes = 0;
        int omitted = 0;
        boolean full = false;
        for (Census.Workload workload : workloads) {
            Census.@Nullable Context context = null;
            for (byte[] key : workload.drifted()) {
                if (Census.compare(key, after) <= 0) {
                    continue;
                }
                if (full) {
                    omitted++;
                    continue;
                }
                if (context == null) {
                    context = census.context(workload.key());
                }
                Verdict verdict = verdict(workload.key(), key, context);
                int more = verdict.getSerializedSize() + 4;
                full = tally.getDriftsCount() == limit || (tally.getDriftsCount() > 0 && bytes + more > most);
                if (full) {
                    omitted++;
                } else {
                    tally.addDrifts(verdict);
                    bytes += more;
                }
            }
        }
        tally.setDriftsOmitted(omitted);
        return bytes;
    }

    private static int listWorkloadDrifts(ScanTally.Builder tally, Collection<Census.Workload> workloads, int most) {
        int bytes = 0;
        int omitted = 0;
        for (Census.Workload workload : workloads) {
            if (workload.drifts().isEmpty()) {
                continue;
            }
            WorkloadDrifts drifts = WorkloadDrifts.newBuilder()
                    .setWorkload(Keys.text(workload.key()))
                    .addAllDrifts(Limits.drifts(workload.drifts()))
                    .build();
            int more = drifts.getSerializedSize() + 4;
            if (omitted > 0 || bytes + more > most) {
                omitted++;
            } else {
                tally.addWorkloadDrifts(drifts);
                bytes += more;
            }
        }
        tally.setWorkloadDriftsOmitted(omitted);
        return bytes;
    }

    private static void count(ScanTally.Builder tally, Collection<Census.Workload> workloads, int most) {
        var total = WorkloadCount.newBuilder();
        var counts = new ArrayList<WorkloadCount>(workloads.size());
        long judgedBy = 0;
        for (Census.Workload workload : workloads) {
            WorkloadCount count = workload.count();
            counts.add(count);
            judgedBy += RevisionSum.term(count.getWorkload(), count.getRevision());
            Counts.add(total, count);
        }
        tally.setTotal(total).setJudgedBy(judgedBy);
        counts.sort(Comparator.comparing((WorkloadCount count) -> !Counts.drifts(count)));
        int bytes = 0;
        for (WorkloadCount count : counts) {
            int more = count.getSerializedSize() + 4;
            if (tally.getWorkloadsCount() == MOST_WORKLOADS || bytes + more > most) {
                break;
            }
            tally.addWorkloads(count);
            bytes += more;
        }
        tally.setWorkloadsOmitted(counts.size() - tally.getWorkloadsCount());
    }

    /// The verdict that was told last, made again of what is stored: content that was no longer
    /// believed then is not stored any more.
    private Verdict verdict(byte[] workload, byte[] key, Census.Context context) {
        InstanceState state = task.stores().instance(key);
        if (state == null) {
            throw new IllegalStateException("'" + Keys.text(key) + "' was there a moment ago");
        }
        ImageFacet image = Observations.image(state.image);
        String instance = Keys.instanceIn(key);
        Judgement judgement = Judge.judge(
                context.declaration(),
                task.settings().rules(),
                context.template(),
                image,
                state.contents.stream()
                        .map(content -> Observations.content(content.observation()))
                        .toList());
        var verdict = Verdict.newBuilder()
                .setId(VerdictId.of(instance, judgement))
                .setWorkload(Keys.text(workload))
                .setInstance(instance)
                .setState(state.verdict)
                .addAllDrifts(Limits.drifts(judgement.drifts()))
                .setRevision(judgement.revision())
                .setMatchedRevision(judgement.matchedRevision())
                .setSince(Timestamps.fromMillis(state.since))
                .setObservedAt(Timestamps.fromMillis(state.observedAt))
                .setReady(image.getReady())
                .setTerminating(image.getTerminating())
                .addAllProtections(image.getProtectionsList())
                .setTemplate(image.getTemplate());
        if (image.hasCreated()) {
            verdict.setCreated(image.getCreated());
        }
        if (state.touchedAt != 0) {
            verdict.setTouchedAt(Timestamps.fromMillis(state.touchedAt));
        }
        return verdict.build();
    }
}
