package dev.snowmelt.detector.topology;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.InstanceObserved;
import dev.snowmelt.v1.TouchFacet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What collectors and agents say of instances: merged into what is known, judged, and told when it
/// changed.
final class Instances {
    private final DetectorTask task;
    private final WorkloadViews views;
    private final RanEvidence evidence;
    private final InstanceVerdicts verdicts;

    Instances(DetectorTask task, WorkloadViews views) {
        this.task = task;
        this.views = views;
        this.evidence = new RanEvidence(task.outbox());
        this.verdicts = new InstanceVerdicts(task);
    }

    /// An image facet came.
    void observe(WorkloadView view, Origin origin, SeenImage seen, byte[] value) {
        byte[] key = seen.bytes().key(view.key());
        InstanceState stored = task.stores().instance(key);
        if (stored == null) {
            requireInstance(view.id(), seen.bytes().instance());
        }
        if (origin.fromAgent()) {
            throw new UnusableRecordException("an image facet from an agent: only a platform's collector has those");
        }
        if (!seen.bytes().validCreated()) {
            throw new UnusableRecordException("an instance created at no valid time");
        }
        if (stored != null && stored.gone) {
            if (task.ahead(stored.order, origin) || !stored.order.revivedBy(origin, task.began(view, origin))) {
                sayGoneAgainIfReplayed(view, key, stored, origin);
                return;
            }
            stored = null;
        }
        if (stored != null && stored.alive()) {
            if (task.ahead(stored.order, origin)) {
                sayAgain(view, key, stored, origin);
                return;
            }
            if (stored.order.newerThan(origin)) {
                stored.order = stored.order.marked(origin.offset());
                task.stores().putInstance(key, stored);
                if (task.mark(view.key(), stored.image) != FacetIndex.ABSENT) {
                    task.index(view.key(), stored.image, origin.offset());
                }
                if (origin.replayed()) {
                    sayAgain(view, key, stored, origin);
                }
                return;
            }
        }
        accept(view, origin, key, stored == null ? InstanceState.unknown() : stored, seen, value);
    }

    /// Another facet came.
    void observe(WorkloadView view, Origin origin, InstanceObserved seen, byte[] value) {
        byte[] key = Keys.instance(view.key(), seen.getInstanceBytes());
        InstanceState state = task.stores().instance(key);
        if (state == null) {
            requireInstance(view.id(), seen.getInstance());
        }
        switch (seen.getFacetCase()) {
            case CONTENT -> content(view, origin, key, state, seen, value);
            case TOUCH -> touch(view, origin, key, state, seen.getTouch());
            case IMAGE -> throw new IllegalStateException("read from its bytes");
            case FACET_NOT_SET -> throw new UnusableRecordException("an instance without a facet");
        }
    }

    private void accept(
            WorkloadView view, Origin origin, byte[] key, InstanceState state, SeenImage seen, byte[] value) {
        boolean same = Arrays.equals(state.image, value);
        if (!same) {
            if (state.conformant()) {
                task.unindex(view.key(), state.image);
            }
            replace(view, origin, key, state, seen);
            state.image = value;
        } else if (origin.replayed()) {
            evidence.repeat(view, key, state, seen, origin);
        }
        boolean beyond = state.order.mark() > origin.offset();
        state.order = SeenOrder.of(origin);
        state.observedAt = origin.observedAtMillis();
        if (origin.replayed()) {
            views.markUnsaid(view);
        }
        boolean changed = verdicts.judge(view, key, state, seen, origin, !same);
        if (changed || !state.conformant() || beyond) {
            task.stores().putInstance(key, state);
        }
    }

    /// Takes the old image facet out of cohorts and evidence and puts the new one in.
    private void replace(WorkloadView view, Origin origin, byte[] key, InstanceState state, SeenImage seen) {
        SeenImage before = state.alive() ? view.stored(state) : null;
        if (before == null) {
            view.instances++;
            view.target().appeared();
        } else if (before.makeup() == seen.makeup()) {
            return;
        } else {
            before.makeup().instances--;
        }
        seen.makeup().instances++;
        views.mark(view);
        if (before == null || state.images != seen.makeup().images()) {
            evidence.change(view, key, state, before, seen, origin);
            state.images = seen.makeup().images();
        }
    }

    private void content(
            WorkloadView view,
            Origin origin,
            byte[] key,
            @Nullable InstanceState stored,
            InstanceObserved seen,
            byte[] value) {
        if (stored != null && stored.gone) {
            return;
        }
        InstanceState state = stored == null ? InstanceState.unknown() : stored;
        boolean changed = true;
        long seenAt = origin.observedAtMillis();
        String container = seen.getContent().getContainer();
        requireFit(view, state, container, value);
        for (var each = state.contents.iterator(); each.hasNext(); ) {
            InstanceState.Content before = each.next();
            if (Observations.content(before.observation()).getContainer().equals(container)) {
                changed = !Arrays.equals(before.observation(), value);
                seenAt = changed ? seenAt : Math.max(seenAt, before.seenAt());
                if (changed) {
                    task.unindexContent(view.key(), before.observation());
                }
                each.remove();
                break;
            }
        }
        state.contents.add(new InstanceState.Content(seenAt, value));
        if (!state.alive()) {
            view.target().untidy();
        } else {
            verdicts.foldMark(view, state);
            changed = verdicts.judge(view, key, state, view.stored(state), origin, changed);
        }
        if (changed || !state.conformant()) {
            task.stores().putInstance(key, state);
        }
    }

    /// An agent may speak of what is there, and of all of it no more than can be kept.
    private static void requireFit(WorkloadView view, InstanceState state, String container, byte[] value) {
        if (state.alive()
                && !container.isEmpty()
                && !view.stored(state).makeup().has(container)) {
            throw new UnusableRecordException(
                    "the instance has no container '" + Limits.text(container) + "' that an agent could look into");
        }
        long bytes = value.length;
        int others = 0;
        for (InstanceState.Content content : state.contents) {
            if (!Observations.content(content.observation()).getContainer().equals(container)) {
                bytes += content.observation().length;
                others++;
            }
        }
        Limits.require("what agents say of the instance", bytes, Limits.CONTENTS);
        if (others >= Limits.MOST_CONTENTS) {
            throw new UnusableRecordException("agents speak of more than " + Limits.MOST_CONTENTS + " containers");
        }
    }

    private void touch(WorkloadView view, Origin origin, byte[] key, @Nullable InstanceState stored, TouchFacet touch) {
        if (stored != null && stored.gone) {
            return;
        }
        InstanceState state = stored == null ? InstanceState.unknown() : stored;
        if (!Timestamps.isValid(touch.getAt())) {
            throw new UnusableRecordException("a touch at no valid time");
        }
        long at = Timestamps.toMillis(touch.getAt());
        boolean changed = at > state.touchedAt;
        state.touchedAt = Math.max(at, state.touchedAt);
        if (!state.alive()) {
            view.target().untidy();
        } else {
            verdicts.foldMark(view, state);
            changed = verdicts.judge(view, key, state, view.stored(state), origin, changed);
        }
        if (changed) {
            task.stores().putInstance(key, state);
        }
    }

    /// An instance was deleted. Its tombstone stays and is told even if it was not known: a page of
    /// a list may still bring it, and a verdict of it may stand.
    void gone(WorkloadView view, Origin origin, ByteString instance) {
        byte[] key = Keys.instance(view.key(), instance);
        InstanceState state = task.stores().instance(key);
        if (state == null) {
            requireInstance(view.id(), instance.toStringUtf8());
            state = InstanceState.unknown();
        }
        if (state.gone || task.ahead(state.order, origin)) {
            if (state.gone) {
                sayGoneAgainIfReplayed(view, key, state, origin);
            } else {
                sayAgain(view, key, state, origin);
            }
            return;
        }
        bury(view, key, state, SeenOrder.of(origin), origin.observedAtMillis(), origin);
    }

    /// Keeps a tombstone of an instance and tells.
    ///
    /// @param seenAt when it was there last, as far as is known, in milliseconds since 1970
    void bury(WorkloadView view, byte[] key, InstanceState state, SeenOrder order, long seenAt, Origin origin) {
        if (state.conformant()) {
            task.unindex(view.key(), state.image);
            state.contents.forEach(content -> task.unindexContent(view.key(), content.observation()));
        }
        if (state.alive()) {
            view.stored(state).makeup().instances--;
            view.instances--;
            view.target().disappeared();
            views.mark(view);
        }
        view.target().untidy();
        state.gone = true;
        state.order = order;
        state.contents.clear();
        state.observedAt = seenAt;
        state.since = origin.timestampMillis();
        task.stores().putInstance(key, state);
        // Also of what this store never knew: one that knew it may be lost, and its verdict would stand for ever.
        sayGone(view, key, state, origin);
    }

    /// A verdict of an instance stands. If nothing is known of it, a complete snapshot that does
    /// not show it either tells that it is gone.
    void toldBefore(WorkloadId workload, byte[] workloadKey, TargetView target, ByteString instance) {
        byte[] key = Keys.instance(workloadKey, instance);
        InstanceState state = task.stores().instance(key);
        if (state == null) {
            requireInstance(workload, instance.toStringUtf8());
            task.stores().putInstance(key, InstanceState.toldBefore());
        } else if (!state.gone && !state.alive()) {
            // Only agents spoke of it.
            state.tell();
            task.stores().putInstance(key, state);
        }
        target.untidy();
    }

    /// Judges all instances of a workload, because its declaration or its template changed.
    void judgeAgain(WorkloadView view, Origin origin) {
        for (var each : task.stores().instancesOf(view.key())) {
            InstanceState state = each.state();
            verdicts.foldMark(view, state);
            if (verdicts.judge(view, each.key(), state, view.stored(state), origin.notBefore(state.since), false)) {
                task.stores().putInstance(each.key(), state);
            }
        }
    }

    /// Offset of the record that showed the instance last.
    long mark(byte[] workload, InstanceState state) {
        return verdicts.mark(workload, state);
    }

    /// Tells a deletion.
    void sayGone(WorkloadView view, byte[] key, InstanceState tombstone, Origin origin) {
        task.outbox().verdict(key, null, origin.timestampMillis());
        closeEvidence(view, key, tombstone, origin);
    }

    private void closeEvidence(WorkloadView view, byte[] key, InstanceState tombstone, Origin origin) {
        if (tombstone.image.length > 0) {
            evidence.gone(view, key, tombstone, view.stored(tombstone), origin);
        }
    }

    private void sayGoneAgainIfReplayed(WorkloadView view, byte[] key, InstanceState tombstone, Origin origin) {
        if (origin.replayed()) {
            task.outbox().again(key, null, origin.timestampMillis());
            closeEvidence(view, key, tombstone, origin);
            views.markUnsaid(view);
        }
    }

    /// Tells what the store knows, because a record that it has seen already comes again.
    private void sayAgain(WorkloadView view, byte[] key, InstanceState state, Origin origin) {
        SeenImage image = view.stored(state);
        evidence.repeat(view, key, state, image, origin);
        views.markUnsaid(view);
        if (verdicts.judge(view, key, state, image, origin, false)) {
            task.stores().putInstance(key, state);
        }
    }

    private static void requireInstance(WorkloadId workload, String instance) {
        Limits.require("an instance's name", instance.length(), Limits.KEY);
        try {
            if (!InstanceId.parse(instance).target().equals(workload.target())) {
                throw new UnusableRecordException("instance '" + instance + "' is of another target than its workload");
            }
        } catch (MalformedIdException e) {
            throw new UnusableRecordException("no instance: " + e.getMessage());
        }
    }
}
