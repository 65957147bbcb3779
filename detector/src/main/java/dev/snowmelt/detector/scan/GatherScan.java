package dev.snowmelt.detector.scan;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanState;
import dev.snowmelt.v1.ScanTally;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Brings a scan and its tallies together, whichever comes first, and reports: when everything in
/// scope is counted, when nothing more can come, or at the deadline.
final class GatherScan extends ContextualProcessor<String, Step, Void, Step> {
    static final String SCANS = "scans";
    static final String TALLIES = "tallies";

    /// A collector tells of itself soon after its first snapshot, and a reader of `collectors` is a
    /// little behind.
    static final Duration UNWATCHED_AFTER = Duration.ofSeconds(2);
    /// After a start, what came in time is read before any deadline is found to have passed.
    static final Duration SETTLE = Duration.ofSeconds(3);

    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration TIDY = Duration.ofMinutes(1);
    /// Far longer than any scan takes: what is this old answers nothing that is asked now.
    private static final Duration FORGOTTEN = Duration.ofMinutes(20);

    private final int partitions;
    private final ScannerMetrics metrics;
    private final Set<String> open = new LinkedHashSet<>();
    private final List<Cancellable> timers = new ArrayList<>(2);
    private @Nullable KeyValueStore<String, ScanState> scans;
    private @Nullable KeyValueStore<String, ScanTally> tallies;
    private @Nullable Fleet fleet;
    private long started;

    GatherScan(int partitions, ScannerMetrics metrics) {
        this.partitions = partitions;
        this.metrics = metrics;
    }

    @Override
    public void init(ProcessorContext<Void, Step> context) {
        super.init(context);
        scans = context.getStateStore(SCANS);
        tallies = context.getStateStore(TALLIES);
        fleet = new Fleet(context.getStateStore(Fleet.WATCHED), context.getStateStore(Fleet.DECLARED));
        started = context.currentSystemTimeMs();
        // Streams revives a task in the same object, and goes on with what was scheduled before.
        open.clear();
        try (var all = scans().all()) {
            all.forEachRemaining(each -> {
                if (each.value.hasRequest() && !each.value.getReported()) {
                    open.add(each.key);
                }
            });
        }
        timers.add(context.schedule(LOOK, PunctuationType.WALL_CLOCK_TIME, this::look));
        timers.add(context.schedule(TIDY, PunctuationType.WALL_CLOCK_TIME, this::tidy));
    }

    @Override
    public void close() {
        timers.forEach(Cancellable::cancel);
        timers.clear();
    }

    @Override
    public void process(Record<String, Step> record) {
        long now = context().currentSystemTimeMs();
        switch (record.value()) {
            case Step.Queue(ScanState scan) -> ask(scan, now);
            case Step.Counted(ScanTally tally) -> {
                if (record.timestamp() > now - FORGOTTEN.toMillis()) {
                    count(tally, now);
                }
            }
            case Step.Report _, Step.Bury _ -> throw new IllegalStateException("is written, not gathered");
        }
    }

    private void ask(ScanState scan, long now) {
        ScanState known = scans().get(scan.getId());
        if (known != null && (known.getReported() || known.hasRequest())) {
            return;
        }
        ScanState asked = known == null
                ? scan
                : scan.toBuilder().addAllProgress(known.getProgressList()).build();
        scans().put(asked.getId(), asked);
        open.add(asked.getId());
        reportIfDone(asked, now);
    }

    private void count(ScanTally tally, long now) {
        ScanState known = scans().get(tally.getScan());
        if (known != null && known.getReported()) {
            return;
        }
        String key = tally.getScan() + "|" + tally.getTarget() + "|" + tally.getPartition();
        ScanTally before = tallies().get(key);
        if (before != null && !better(tally, before)) {
            return;
        }
        tallies().put(key, tally);
        ScanState state = known != null
                ? known
                : ScanState.newBuilder()
                        .setId(tally.getScan())
                        .setAsked(Timestamps.fromMillis(now))
                        .build();
        ScanState next = Progress.with(state, tally);
        scans().put(next.getId(), next);
        reportIfDone(next, now);
    }

    /// A later snapshot is newer. Of one snapshot, a complete count stays true when the detector
    /// reads the cut again after a restart and can no longer tell.
    private static boolean better(ScanTally tally, ScanTally before) {
        int newer = Long.compareUnsigned(tally.getSnapshot(), before.getSnapshot());
        return newer > 0 || (newer == 0 && (tally.getComplete() || !before.getComplete()));
    }

    private void look(long now) {
        for (String id : List.copyOf(open)) {
            ScanState scan = scans().get(id);
            if (scan == null) {
                open.remove(id);
            } else {
                reportIfDone(scan, now);
            }
        }
    }

    private void reportIfDone(ScanState state, long now) {
        if (!state.hasRequest()) {
            return;
        }
        Scan scan = scan(state);
        Set<TargetId> targets = targets(scan, state);
        var missing = new ArrayList<TargetId>();
        for (TargetId target : targets) {
            if (!Progress.counted(state, target, partitions)) {
                missing.add(target);
            }
        }
        boolean late = now >= scan.deadline().toEpochMilli() && now >= started + SETTLE.toMillis();
        boolean all = missing.isEmpty() && !targets.isEmpty();
        if (all || late || nothingMoreComes(scan, missing, now)) {
            report(state, scan, targets, now);
        }
    }

    private boolean nothingMoreComes(Scan scan, List<TargetId> missing, long now) {
        return now >= scan.asked().plus(UNWATCHED_AFTER).toEpochMilli()
                && missing.stream().allMatch(target -> fleet().watcher(target).isEmpty());
    }

    private static Scan scan(ScanState state) {
        Instant asked = Instant.ofEpochMilli(Timestamps.toMillis(state.getAsked()));
        return switch (ScanRules.check(RecordId.parse(state.getId()), state.getRequest(), asked)) {
            case ScanRules.Outcome.Good(Scan scan) -> scan;
            case ScanRules.Outcome.Refused(List<String> problems) ->
                throw new IllegalStateException("was good when it was read: " + problems);
        };
    }

    private Set<TargetId> targets(Scan scan, ScanState state) {
        if (!scan.targets().isEmpty()) {
            return scan.sortedTargets();
        }
        Set<TargetId> targets = fleet().targets();
        state.getProgressList().forEach(progress -> targets.add(TargetId.parse(progress.getTarget())));
        return targets;
    }

    private void report(ScanState state, Scan scan, Set<TargetId> targets, long now) {
        var merge = new TallyMerge(scan, fleet(), partitions);
        var answers = new ArrayList<ScanReport.TargetAnswer>();
        var keys = new HashSet<String>();
        for (TargetId target : targets) {
            var answer = new TargetProgress(target, partitions);
            try (var found = tallies().prefixScan(scan.id() + "|" + target + "|", new StringSerializer())) {
                found.forEachRemaining(each -> {
                    keys.add(each.key);
                    answer.add(each.value);
                    merge.add(each.value);
                });
            }
            answers.add(answer.answer(fleet().watcher(target)));
        }
        ScanReport report = merge.report(answers, Instant.ofEpochMilli(now));
        keys.forEach(tallies()::delete);
        scans().put(
                        state.getId(),
                        ScanState.newBuilder()
                                .setId(state.getId())
                                .setAsked(state.getAsked())
                                .setReported(true)
                                .build());
        open.remove(state.getId());
        metrics.reported(report);
        context().forward(new Record<>(null, new Step.Report(scan.id(), report), now));
        // Somebody waits for it: not until the interval is over.
        context().commit();
    }

    /// Forgets what was reported long ago, and tallies whose request never came.
    private void tidy(long now) {
        var old = new ArrayList<String>();
        try (var all = scans().all()) {
            all.forEachRemaining(each -> {
                boolean waits = each.value.hasRequest() && !each.value.getReported();
                if (!waits && Timestamps.toMillis(each.value.getAsked()) < now - FORGOTTEN.toMillis()) {
                    old.add(each.key);
                }
            });
        }
        for (String id : old) {
            var keys = new ArrayList<String>();
            try (var found = tallies().prefixScan(id + "|", new StringSerializer())) {
                found.forEachRemaining(each -> keys.add(each.key));
            }
            keys.forEach(tallies()::delete);
            scans().delete(id);
        }
    }

    private KeyValueStore<String, ScanState> scans() {
        return Objects.requireNonNull(scans);
    }

    private KeyValueStore<String, ScanTally> tallies() {
        return Objects.requireNonNull(tallies);
    }

    private Fleet fleet() {
        return Objects.requireNonNull(fleet);
    }
}
