package dev.snowmelt.detector.topology;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.Judgement;
import dev.snowmelt.fingerprint.judge.VerdictId;
import dev.snowmelt.v1.ContentFacet;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.util.ArrayList;
import java.util.List;

/// The verdicts of instances: made, told when they changed, and kept in step with the index, which holds the facets of
/// conformant instances alone.
final class InstanceVerdicts {
    private final DetectorTask task;

    InstanceVerdicts(DetectorTask task) {
        this.task = task;
    }

    /// Judges, keeps the index in step and emits.
    ///
    /// @param changed what was seen changed
    /// @return whether the state must be stored
    boolean judge(
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
                Judge.judge(view.declaration, task.settings().rules(), view.nextTemplate(), image, contents);
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
    void foldMark(WorkloadView view, InstanceState state) {
        state.order = state.order.marked(mark(view.key(), state));
    }

    /// Offset of the record that showed the instance last.
    long mark(byte[] workload, InstanceState state) {
        return state.conformant() ? Math.max(state.order.mark(), task.mark(workload, state.image)) : state.order.mark();
    }
}
