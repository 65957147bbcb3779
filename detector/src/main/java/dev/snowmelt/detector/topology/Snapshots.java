package dev.snowmelt.detector.topology;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.SnapshotEnd;
import dev.snowmelt.v1.SnapshotSettled;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/// What the markers of snapshots mean: at an END that is believed and whose count agrees, what was not seen since BEGIN
/// is
/// gone. Nothing is concluded from any other.
final class Snapshots {
    /// How long tombstones stay at least: far longer than a commit takes, so that a crash never forgets a deletion that
    /// it
    /// has not told.
    static final Duration TOMBSTONES_STAY = Duration.ofMinutes(1);

    private final DetectorTask task;
    private final WorkloadViews views;
    private final Instances instances;
    private final Workloads workloads;

    Snapshots(DetectorTask task, WorkloadViews views, Instances instances, Workloads workloads) {
        this.task = task;
        this.views = views;
        this.instances = instances;
        this.workloads = workloads;
    }

    /// A collector begins to list a target.
    void begin(Origin origin, String target) {
        TargetView view = target(target, origin);
        if (view != null) {
            view.begin(origin.snapshot(), origin.offset());
        }
    }

    /// A collector has listed a target.
    void end(Origin origin, SnapshotEnd end) {
        TargetView target = target(end.getTarget(), origin);
        if (target == null) {
            return;
        }
        SnapshotSettled before = origin.replayed() ? target.settledAt(origin.offset()) : null;
        TargetView.Tally tally = target.tally(origin.snapshot());
        var missing = new Missing(List.of(), List.of());
        String problem = problem(tally, end);
        if (problem.isEmpty() && tally != null) {
            missing = missing(target, tally, origin);
            problem = emptiness(target, end, missing);
        }
        if (tally != null) {
            target.settle(tally);
        }
        tidy(target, origin);
        if (problem.isEmpty()) {
            bury(missing, origin);
        }
        // A replayed END whose records were committed before is incomplete by its tally; it was settled already.
        settle(target, origin, before != null ? before : result(target, origin, end, problem));
    }

    /// Null: a former holder of the lease says so.
    private @Nullable TargetView target(String text, Origin origin) {
        if (origin.snapshot() == 0) {
            throw new UnusableRecordException("a snapshot's marker without the snapshot's id in its header");
        }
        TargetView target;
        try {
            target = task.target(TargetId.parse(text));
        } catch (MalformedIdException e) {
            throw new UnusableRecordException(String.valueOf(e.getMessage()));
        }
        if (origin.epoch() < target.epoch()) {
            task.metrics().stale.increment();
            return null;
        }
        if (origin.epoch() > target.epoch()) {
            target.raise(origin.epoch());
            task.put(target);
        }
        return target;
    }

    private static String problem(TargetView.@Nullable Tally tally, SnapshotEnd end) {
        if (tally == null) {
            return "its BEGIN was not seen since this detector started";
        }
        if (tally.records() != end.getRecordsOnPartition()) {
            return "the collector wrote " + end.getRecordsOnPartition() + " records to this partition, "
                    + tally.records() + " were usable";
        }
        return end.getBelievable() ? "" : "the collector saw so much less than before that it does not believe it";
    }

    /// A second line behind the collector's own doubt: a list without a single instance removes nothing until another
    /// one
    /// says the same.
    private static String emptiness(TargetView target, SnapshotEnd end, Missing missing) {
        boolean empty = end.getInstances() == 0 && !missing.nothing();
        boolean confirmed = target.emptyBefore();
        target.emptyBefore(empty);
        return empty && !confirmed
                ? "it shows no instance at all; what is missing is gone when a second one agrees"
                : "";
    }

    private record Missing(List<TaskStores.Instance> instances, List<TaskStores.Workload> workloads) {
        boolean nothing() {
            return instances.isEmpty() && workloads.isEmpty();
        }
    }

    private Missing missing(TargetView target, TargetView.Tally tally, Origin end) {
        var lost = task.stores()
                .instances(
                        target.prefix(),
                        (key, state) ->
                                state.alive() && !since(tally, end, instances.mark(Keys.workloadIn(key), state)));
        // A list of instances alone says nothing about workloads.
        var seen = new boolean[1];
        var idle = task.stores().workloads(target.prefix(), (key, state) -> {
            boolean here = !state.gone() && since(tally, end, workloads.mark(key, state));
            seen[0] |= here;
            return !state.gone() && !here;
        });
        return new Missing(lost, seen[0] ? idle : List.of());
    }

    /// A mark beyond the END is of a topic that was there before under the same name.
    private static boolean since(TargetView.Tally tally, Origin end, long mark) {
        return mark >= tally.began && mark <= end.offset();
    }

    private void bury(Missing missing, Origin end) {
        for (var each : missing.instances) {
            WorkloadView view = views.of(Keys.workloadIn(each.key()), end.timestampMillis());
            instances.bury(view, each.key(), each.state(), SeenOrder.missing(end), end);
        }
        for (var each : missing.workloads) {
            WorkloadView view = views.of(each.key(), end.timestampMillis());
            workloads.bury(view, each.state(), SeenOrder.missing(end), end);
        }
    }

    /// Tells once more what is gone, then forgets it: a crash may have kept it from being told the first time. What
    /// agents
    /// said of instances that no collector knows is forgotten too, by age.
    private void tidy(TargetView target, Origin end) {
        long old = end.timestampMillis() - TOMBSTONES_STAY.toMillis();
        long oldContent =
                end.timestampMillis() - task.settings().contentMaxAge().toMillis();
        var leftovers = task.stores().instances(target.prefix(), (_, state) -> !state.alive());
        for (var each : leftovers) {
            InstanceState state = each.state();
            if (state.gone) {
                WorkloadView view = views.of(Keys.workloadIn(each.key()), end.timestampMillis());
                task.outbox().verdict(each.key(), null, end.timestampMillis());
                if (end.replayed()) {
                    instances.sayGone(view, each.key(), state, end);
                }
                views.markUnsaid(view);
            }
            if (state.gone
                    ? state.since < old
                    : state.touchedAt < oldContent
                            && state.contents.stream().allMatch(content -> content.seenAt() < oldContent)) {
                task.stores().instances().delete(Bytes.wrap(each.key()));
            }
        }
        for (var each : task.stores().workloads(target.prefix(), (_, state) -> state.gone())) {
            views.markUnsaid(views.of(each.key(), end.timestampMillis()));
            if (each.state().goneAt() < old) {
                task.stores().workloads().delete(Bytes.wrap(each.key()));
            }
        }
    }

    private SnapshotSettled result(TargetView target, Origin origin, SnapshotEnd end, String problem) {
        return SnapshotSettled.newBuilder()
                .setTarget(target.id().toString())
                .setPartition(task.partition())
                .setPartitions(task.topics().partitions())
                .setSnapshot(origin.snapshot())
                .setComplete(problem.isEmpty())
                .setProblem(problem)
                .setAt(Timestamps.fromMillis(origin.observedAtMillis()))
                .setInstances(end.getInstances())
                .build();
    }

    private void settle(TargetView target, Origin origin, SnapshotSettled result) {
        // What came before it must be told before it.
        views.flush(origin.timestampMillis());
        target.settled(origin.offset(), result);
        task.put(target);
        task.metrics().settled(result.getComplete());
        String key = new SubjectKey.OfSnapshot(target.id(), task.partition()).toString();
        task.outbox()
                .verdict(
                        Keys.utf8(key),
                        VerdictRecord.newBuilder().setSnapshot(result).build().toByteArray(),
                        origin.timestampMillis());
    }
}
