package dev.snowmelt.detector.collect;

import dev.snowmelt.detector.scan.Scan;
import dev.snowmelt.schemas.id.RecordId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Scans that wait for an answer, and which snapshot answers which: however many are asked for,
/// they cost one list in [Reuse#followed]. Thread-safe; time is given.
final class PendingScans {
    /// What an answer needs from the end of a snapshot until the report: it is told that long
    /// before the deadline.
    private static final Duration ON_ITS_WAY = Duration.ofSeconds(5);

    /// A snapshot whose END is written.
    ///
    /// @param id as in its markers
    /// @param began when its BEGIN was written, by the collector's clock
    /// @param took from BEGIN to END
    /// @param believable as its END says
    record Snapshot(long id, Instant began, Duration took, boolean believable) {}

    /// What is to be done for the scans that wait.
    sealed interface Step {
        /// Answer them with the last snapshot.
        record Cut(List<Scan> scans) implements Step {}

        /// Only a new snapshot answers them.
        record ListAnew() implements Step {}

        /// Nothing until something changes.
        record Rest() implements Step {}

        /// Nothing yet: a new snapshot is due later.
        record ListAt(Instant at) implements Step {}
    }

    private final Reuse reuse;
    private final Map<RecordId, Waiting> waiting = new LinkedHashMap<>();
    private final Map<RecordId, Instant> answered = new HashMap<>();

    /// A scan that waits.
    ///
    /// @param heard when it was heard of, by the collector's clock as the times of snapshots: the
    /// broker's, by which it was asked for, may be another
    private record Waiting(Scan scan, Instant heard) {}

    PendingScans(Reuse reuse) {
        this.reuse = reuse;
    }

    /// Takes a scan up, unless it is known already.
    ///
    /// @return false when there is nothing to do for it
    synchronized boolean add(Scan scan, Instant now) {
        forgetWhatIsOver(now);
        return !answered.containsKey(scan.id())
                && scan.deadline().isAfter(now)
                && waiting.putIfAbsent(scan.id(), new Waiting(scan, now)) == null;
    }

    /// The scan that waits longest.
    synchronized Optional<Scan> first(Instant now) {
        forgetWhatIsOver(now);
        return waiting.values().stream().map(Waiting::scan).findFirst();
    }

    /// What is to be done now.
    ///
    /// @param last the last snapshot of this session
    /// @param following what changed since was told
    /// @param confirmation when the snapshot is taken that confirms or refutes the last one; null:
    /// that is in no doubt. A scan never hastens it: what only looked empty for a moment must have
    /// time to pass
    synchronized Step next(Snapshot last, boolean following, @Nullable Instant confirmation, Instant now) {
        forgetWhatIsOver(now);
        Duration age = following ? reuse.followed() : reuse.blind();
        var answers = new ArrayList<Scan>();
        for (Waiting each : waiting.values()) {
            Scan scan = each.scan();
            boolean fresh = !last.began().isBefore(each.heard().minus(age));
            boolean inTime = confirmation != null
                    && scan.deadline().isAfter(confirmation.plus(last.took()).plus(ON_ITS_WAY));
            if (confirmation == null ? fresh : !inTime) {
                answers.add(scan);
            }
        }
        if (!answers.isEmpty()) {
            return new Step.Cut(List.copyOf(answers));
        }
        if (waiting.isEmpty() || confirmation != null) {
            return new Step.Rest();
        }
        Instant earliest = last.began().plus(reuse.followed());
        return now.isBefore(earliest) ? new Step.ListAt(earliest) : new Step.ListAnew();
    }

    /// They were answered: nothing more is to be done for them.
    synchronized void answered(List<Scan> scans) {
        for (Scan scan : scans) {
            waiting.remove(scan.id());
            answered.put(scan.id(), scan.deadline());
        }
    }

    private void forgetWhatIsOver(Instant now) {
        waiting.values().removeIf(each -> !each.scan().deadline().isAfter(now));
        answered.values().removeIf(deadline -> !deadline.isAfter(now));
    }
}
