package dev.snowmelt.detector.topology;

import dev.snowmelt.fingerprint.judge.Judge;
import dev.snowmelt.fingerprint.judge.JudgeRules;
import dev.snowmelt.fingerprint.judge.VerdictId;
import dev.snowmelt.v1.ContentFacet;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.util.ArrayList;
import java.util.List;

/// The verdicts of instances: made, told when they changed, and kept in step with the index, which
/// holds the facets of conformant instances alone.
final class InstanceVerdicts {
    private final DetectorTask task;
    private final ReverseEncoder encoder = new ReverseEncoder();

    InstanceVerdicts(DetectorTask task) {
        this.task = task;
    }

    /// Judges, keeps the index in step and emits.
    ///
    /// @param changed what was seen changed
    /// @return whether the state must be stored: it changed, or no mark in the index stands for
    /// what is not stored
    boolean judge(WorkloadView view, byte[] key, InstanceState state, SeenImage image, Origin origin, boolean changed) {
        boolean was = state.conformant();
        int known = state.contents.size();
        Judged judged = judged(view, image.makeup(), contents(view, state, origin));
        VerdictId.Bits id = id(view, key, judged);
        long finding = id.high();
        boolean found = finding != state.finding || state.verdict == Verdict.State.STATE_UNSPECIFIED;
        if (found) {
            state.finding = finding;
            state.since = origin.observedAtMillis();
        }
        state.verdict = judged.judgement().state();
        index(view, state, was);
        boolean again = !state.conformant() && origin.snapshot() != 0 && origin.snapshot() != state.repeatedIn;
        if (changed || found || again || origin.replayed()) {
            if (again) {
                state.repeatedIn = origin.snapshot();
            }
            byte[] verdict = verdict(view, key, id, judged, state, image);
            if (found || changed) {
                task.outbox().verdict(key, verdict, origin.timestampMillis());
            } else {
                task.outbox().again(key, verdict, origin.timestampMillis());
            }
            count(view, state, found, origin);
        }
        return changed || found || known != state.contents.size() || restsOnContent(view, state);
    }

    private void index(WorkloadView view, InstanceState state, boolean was) {
        if (state.conformant()) {
            if (restsOnContent(view, state)) {
                task.unindex(view.key(), state.image);
            } else {
                task.index(view.key(), state.image, state.order.mark());
            }
            for (var content : state.contents) {
                task.indexContent(view.key(), content.observation(), content.seenAt());
            }
        } else if (was) {
            task.unindex(view.key(), state.image);
            state.contents.forEach(content -> task.unindexContent(view.key(), content.observation()));
        }
    }

    /// True when the instance stays conformant only as long as what agents said is believed. So it
    /// is judged again whenever a collector shows it: its image facet stays out of the index, only
    /// what agents say is in it.
    private static boolean restsOnContent(WorkloadView view, InstanceState state) {
        if (state.contents.isEmpty() || view.declaration == null || !state.conformant()) {
            return false;
        }
        var containers = view.declaration.getRevisions(0).getSpec().getContainersList();
        for (int i = 0; i < containers.size(); i++) {
            if (!containers.get(i).getBaselineRoot().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private void count(WorkloadView view, InstanceState state, boolean found, Origin origin) {
        if (!found) {
            task.metrics().repeated();
            return;
        }
        task.metrics().found(state.verdict);
        // Also what lay in the topic while nobody judged: it is found now, that late.
        if (state.verdict == Verdict.State.DRIFTED || state.verdict == Verdict.State.OUTDATED) {
            task.metrics().detected(view.id().target(), task.clock().getAsLong() - origin.observedAtMillis());
        }
    }

    private Judged judged(WorkloadView view, Makeup makeup, List<ContentFacet> contents) {
        JudgeRules rules = task.settings().rules();
        return contents.isEmpty()
                ? makeup.judge(view.declaration, rules, view.nextTemplate())
                : Judged.of(Judge.judge(view.declaration, rules, view.nextTemplate(), makeup.facet(), contents));
    }

    private static VerdictId.Bits id(WorkloadView view, byte[] key, Judged judged) {
        int from = view.key().length + 1;
        return Keys.ascii(key, from, key.length)
                ? judged.finding().ofAscii(key, from, key.length)
                : judged.finding().of(Keys.instanceIn(key));
    }

    /// A [VerdictRecord], written from the bytes that its parts came in.
    private byte[] verdict(
            WorkloadView view, byte[] key, VerdictId.Bits id, Judged judged, InstanceState state, SeenImage image) {
        ReverseEncoder out = encoder;
        out.begin();
        if (state.touchedAt != 0) {
            out.timestamp(Verdict.TOUCHED_AT_FIELD_NUMBER, state.touchedAt);
        }
        image.bytes().writeTemplate(out, Verdict.TEMPLATE_FIELD_NUMBER);
        image.bytes()
                .writeState(
                        out,
                        Verdict.CREATED_FIELD_NUMBER,
                        Verdict.READY_FIELD_NUMBER,
                        Verdict.TERMINATING_FIELD_NUMBER,
                        Verdict.PROTECTIONS_FIELD_NUMBER);
        out.timestamp(Verdict.OBSERVED_AT_FIELD_NUMBER, state.observedAt);
        out.timestamp(Verdict.SINCE_FIELD_NUMBER, state.since);
        out.raw(judged.fields());
        out.bytes(Verdict.INSTANCE_FIELD_NUMBER, key, view.key().length + 1, key.length);
        out.bytes(Verdict.WORKLOAD_FIELD_NUMBER, view.key());
        out.bytes(Verdict.ID_FIELD_NUMBER, id.digits());
        out.message(VerdictRecord.INSTANCE_FIELD_NUMBER, 0);
        return out.end();
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
            long seenAt = Math.max(content.seenAt(), task.contentMark(view.key(), content.observation()));
            if (seenAt < oldest) {
                task.unindexContent(view.key(), content.observation());
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

    /// Offset of the record that showed the instance last. The index knows at least as well as the
    /// store: whatever marks the one marks the other, or the index alone.
    long mark(byte[] workload, InstanceState state) {
        long indexed = state.conformant() ? task.mark(workload, state.image) : FacetIndex.ABSENT;
        return indexed == FacetIndex.ABSENT ? state.order.mark() : indexed;
    }
}
