package dev.snowmelt.detector.topology;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.Judgement;
import dev.snowmelt.fingerprint.judge.VerdictId;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.v1.ContentFacet;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.InstanceObserved;
import dev.snowmelt.v1.TouchFacet;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What collectors and agents say of instances: merged into what is known, judged, and told when it changed.
final class Instances {
    private final DetectorTask task;
    private final WorkloadViews views;
    private final RanEvidence evidence;

    Instances(DetectorTask task, WorkloadViews views) {
        this.task = task;
        this.views = views;
        this.evidence = new RanEvidence(task.outbox());
    }

    /// A facet came.
    void observe(WorkloadView view, Origin origin, InstanceObserved seen, byte[] value) {
        byte[] key = Keys.instance(view.key(), seen.getInstanceBytes());
        InstanceState state = task.stores().instance(key);
        if (state == null) {
            requireInstance(view, seen.getInstance());
        }
        switch (seen.getFacetCase()) {
            case IMAGE -> image(view, origin, key, state, seen, value);
            case CONTENT -> content(view, origin, key, state, seen, value);
            case TOUCH -> touch(view, origin, key, state, seen.getTouch());
            case FACET_NOT_SET -> throw new UnusableRecordException("an instance without a facet");
        }
    }

    private void image(
            WorkloadView view,
            Origin origin,
            byte[] key,
            @Nullable InstanceState stored,
            InstanceObserved seen,
            byte[] value) {
        if (origin.fromAgent()) {
            throw new UnusableRecordException("an image facet from an agent: only a platform's collector has those");
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
                if (origin.replayed()) {
                    sayAgain(view, key, stored, origin);
                }
                return;
            }
        }
        accept(view, origin, key, stored == null ? InstanceState.unknown() : stored, seen, value);
    }

    private void accept(
            WorkloadView view, Origin origin, byte[] key, InstanceState state, InstanceObserved seen, byte[] value) {
        ImageFacet image = seen.getImage();
        boolean same = Arrays.equals(state.image, value);
        if (!same) {
            if (state.conformant()) {
                task.unindex(view.key(), state.image);
            }
            replace(view, origin, state, seen.getInstance(), image);
            state.image = value;
        } else if (origin.replayed()) {
            evidence.repeat(view, seen.getInstance(), state, image, origin);
        }
        state.order = SeenOrder.of(origin);
        state.observedAt = origin.observedAtMillis();
        if (origin.replayed()) {
            views.markUnsaid(view);
        }
        boolean changed = judge(view, key, seen.getInstance(), state, image, origin, !same);
        if (changed || !state.conformant()) {
            task.stores().putInstance(key, state);
        }
    }

    /// Takes the old image facet out of cohorts and evidence and puts the new one in.
    private void replace(WorkloadView view, Origin origin, InstanceState state, String instance, ImageFacet image) {
        long images = RanEvidence.hash(image);
        if (state.alive() && images == state.images) {
            return;
        }
        if (state.alive()) {
            ImageFacet before = Observations.image(state.image);
            view.cohorts.remove(before);
            evidence.close(view, instance, state, before, origin.observedAtMillis(), origin);
        } else {
            view.instances++;
        }
        view.cohorts.add(image);
        views.mark(view);
        state.images = images;
        evidence.open(view, instance, state, image, origin);
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
        for (var each = state.contents.iterator(); each.hasNext(); ) {
            InstanceState.Content before = each.next();
            if (Observations.content(before.observation()).getContainer().equals(container)) {
                changed = !Arrays.equals(before.observation(), value);
                seenAt = changed ? seenAt : Math.max(seenAt, before.seenAt());
                if (changed) {
                    task.unindex(view.key(), before.observation());
                }
                each.remove();
                break;
            }
        }
        state.contents.add(new InstanceState.Content(seenAt, value));
        if (state.alive()) {
            foldMark(view, state);
            ImageFacet image = Observations.image(state.image);
            changed = judge(view, key, seen.getInstance(), state, image, origin, changed);
        }
        if (changed || !state.conformant()) {
            task.stores().putInstance(key, state);
        }
    }

    private void touch(WorkloadView view, Origin origin, byte[] key, @Nullable InstanceState stored, TouchFacet touch) {
        if (stored != null && stored.gone) {
            return;
        }
        InstanceState state = stored == null ? InstanceState.unknown() : stored;
        long at = Timestamps.toMillis(touch.getAt());
        boolean changed = at > state.touchedAt;
        state.touchedAt = Math.max(at, state.touchedAt);
        if (state.alive()) {
            foldMark(view, state);
            judge(view, key, Keys.instanceIn(key), state, Observations.image(state.image), origin, changed);
        }
        if (changed) {
            task.stores().putInstance(key, state);
        }
    }

    /// An instance was deleted. Its tombstone stays even if it was not known: a page of a list may still bring it.
    void gone(WorkloadView view, Origin origin, ByteString instance) {
        byte[] key = Keys.instance(view.key(), instance);
        InstanceState state = task.stores().instance(key);
        if (state == null) {
            requireInstance(view, instance.toStringUtf8());
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
        bury(view, key, state, SeenOrder.of(origin), origin);
    }

    /// Keeps a tombstone of an instance and tells.
    void bury(WorkloadView view, byte[] key, InstanceState state, SeenOrder order, Origin origin) {
        if (state.conformant()) {
            task.unindex(view.key(), state.image);
            state.contents.forEach(content -> task.unindex(view.key(), content.observation()));
        }
        boolean known = state.alive();
        if (known) {
            view.cohorts.remove(Observations.image(state.image));
            view.instances--;
            views.mark(view);
        }
        state.gone = true;
        state.order = order;
        state.contents.clear();
        state.observedAt = origin.observedAtMillis();
        state.since = origin.timestampMillis();
        task.stores().putInstance(key, state);
        if (known || origin.replayed()) {
            sayGone(view, key, state, origin);
        }
    }

    /// Judges all instances of a workload, because its declaration or its template changed.
    void judgeAgain(WorkloadView view, Origin origin) {
        for (var each : task.stores().instances(Keys.instancesOf(view.key()), (_, state) -> state.alive())) {
            InstanceState state = each.state();
            foldMark(view, state);
            ImageFacet image = Observations.image(state.image);
            if (judge(view, each.key(), Keys.instanceIn(each.key()), state, image, origin, false)) {
                task.stores().putInstance(each.key(), state);
            }
        }
    }

    /// Offset of the record that showed the instance last.
    long mark(byte[] workload, InstanceState state) {
        return state.conformant() ? Math.max(state.order.mark(), task.mark(workload, state.image)) : state.order.mark();
    }

    /// Tells a deletion once more.
    void sayGone(WorkloadView view, byte[] key, InstanceState tombstone, Origin origin) {
        task.outbox().verdict(key, null, origin.timestampMillis());
        if (tombstone.ranFrom != 0) {
            ImageFacet image = Observations.image(tombstone.image);
            evidence.closed(view, Keys.instanceIn(key), tombstone, image, tombstone.observedAt, origin);
        }
    }

    private void sayGoneAgainIfReplayed(WorkloadView view, byte[] key, InstanceState tombstone, Origin origin) {
        if (origin.replayed()) {
            sayGone(view, key, tombstone, origin);
            views.markUnsaid(view);
        }
    }

    /// Tells what the store knows, because a record that it has seen already comes again.
    private void sayAgain(WorkloadView view, byte[] key, InstanceState state, Origin origin) {
        ImageFacet image = Observations.image(state.image);
        String instance = Keys.instanceIn(key);
        evidence.repeat(view, instance, state, image, origin);
        views.markUnsaid(view);
        if (judge(view, key, instance, state, image, origin, false)) {
            task.stores().putInstance(key, state);
        }
    }

    /// Judges, keeps the index in step and emits.
    ///
    /// @param changed what was seen changed
    /// @return whether the state must be stored
    private boolean judge(
            WorkloadView view,
            byte[] key,
            String instance,
            InstanceState state,
            ImageFacet image,
            Origin origin,
            boolean changed) {
        boolean was = state.conformant();
        int known = state.contents.size();
        List<ContentFacet> contents = contents(view, state, origin);
        Judgement judgement =
                Judge.judge(view.declaration, task.settings().undeclared(), view.nextTemplate(), image, contents);
        String id = VerdictId.of(instance, judgement);
        long finding = Long.parseUnsignedLong(id, 0, 16, 16);
        boolean found = finding != state.finding || state.verdict == Verdict.State.STATE_UNSPECIFIED;
        if (found) {
            state.finding = finding;
            state.since = origin.observedAtMillis();
        }
        state.verdict = judgement.state();
        index(view, state, was);
        boolean again = !state.conformant() && origin.snapshot() != 0 && origin.snapshot() != state.repeatedIn;
        if (changed || found || again || origin.replayed()) {
            if (again) {
                state.repeatedIn = origin.snapshot();
            }
            task.outbox().verdict(key, verdict(view, instance, id, judgement, state, image), origin.timestampMillis());
            count(state, found, origin);
        }
        return changed || found || known != state.contents.size();
    }

    private void index(WorkloadView view, InstanceState state, boolean was) {
        if (state.conformant()) {
            task.index(view.key(), state.image, state.order.mark());
            for (var content : state.contents) {
                task.index(view.key(), content.observation(), content.seenAt());
            }
        } else if (was) {
            task.unindex(view.key(), state.image);
            state.contents.forEach(content -> task.unindex(view.key(), content.observation()));
        }
    }

    private void count(InstanceState state, boolean found, Origin origin) {
        if (!found) {
            task.metrics().repeated();
            return;
        }
        task.metrics().found(state.verdict);
        if (!origin.replayed() && (state.verdict == Verdict.State.DRIFTED || state.verdict == Verdict.State.OUTDATED)) {
            task.metrics().detected(task.clock().getAsLong() - origin.observedAtMillis());
        }
    }

    private static byte[] verdict(
            WorkloadView view, String instance, String id, Judgement judgement, InstanceState state, ImageFacet image) {
        var verdict = Verdict.newBuilder()
                .setId(id)
                .setWorkload(view.text())
                .setInstance(instance)
                .setState(judgement.state())
                .addAllDrifts(judgement.drifts())
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
        return VerdictRecord.newBuilder().setInstance(verdict).build().toByteArray();
    }

    /// The content facets that are still believed; the others are forgotten.
    private List<ContentFacet> contents(WorkloadView view, InstanceState state, Origin origin) {
        if (state.contents.isEmpty()) {
            return List.of();
        }
        long oldest = origin.timestampMillis() - task.settings().contentMaxAge().toMillis();
        var facets = new ArrayList<ContentFacet>(state.contents.size());
        for (var each = state.contents.listIterator(); each.hasNext(); ) {
            InstanceState.Content content = each.next();
            long seenAt = Math.max(content.seenAt(), task.mark(view.key(), content.observation()));
            if (seenAt < oldest) {
                task.unindex(view.key(), content.observation());
                each.remove();
            } else {
                each.set(new InstanceState.Content(seenAt, content.observation()));
                facets.add(Observations.content(content.observation()));
            }
        }
        return facets;
    }

    /// The index may have seen it later than the store.
    private void foldMark(WorkloadView view, InstanceState state) {
        state.order = state.order.marked(mark(view.key(), state));
    }

    private static void requireInstance(WorkloadView view, String instance) {
        try {
            if (!InstanceId.parse(instance).target().equals(view.id().target())) {
                throw new UnusableRecordException("instance '" + instance + "' is of another target than its workload");
            }
        } catch (MalformedIdException e) {
            throw new UnusableRecordException("no instance: " + e.getMessage());
        }
    }
}
