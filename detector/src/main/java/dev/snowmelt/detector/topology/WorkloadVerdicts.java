package dev.snowmelt.detector.topology;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.fingerprint.judge.TemplateJudgement;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadVerdict;
import org.jspecify.annotations.Nullable;

/// Writes the verdicts of workloads. With every change of an instance only cohorts change, so the
/// rest, which is most of it, is kept as bytes.
final class WorkloadVerdicts {
    /// What follows from status, declaration and template.
    ///
    /// @param drifts of the template
    /// @param middle the fields between drifts and cohorts
    /// @param last the field behind cohorts
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Kept(
            @Nullable WorkloadStatus status,
            @Nullable Declaration declaration,
            TemplateJudgement template,
            long templateSince,
            byte[] drifts,
            byte[] middle,
            byte[] last) {

        /// The view replaces what changed, so the same objects say the same.
        @SuppressWarnings("ReferenceEquality")
        boolean holds(WorkloadView view) {
            return status == view.status
                    && declaration == view.declaration
                    && template == view.template
                    && templateSince == view.templateSince;
        }
    }

    private final ReverseEncoder out = new ReverseEncoder();

    /// A `VerdictRecord`.
    byte[] write(WorkloadView view) {
        Kept kept = view.kept;
        if (kept == null || !kept.holds(view)) {
            kept = keep(view);
            view.kept = kept;
        }
        Cohorts.Counted cohorts = view.cohorts.count();
        out.begin();
        out.raw(kept.last());
        for (WorkloadVerdict.Cohort cohort : cohorts.list().reversed()) {
            out.bytes(WorkloadVerdict.COHORTS_FIELD_NUMBER, cohort.toByteArray());
        }
        out.raw(kept.middle());
        for (Drift split : Limits.drifts(cohorts.splits(view.declaration)).reversed()) {
            out.bytes(WorkloadVerdict.DRIFTS_FIELD_NUMBER, split.toByteArray());
        }
        out.raw(kept.drifts());
        out.bytes(WorkloadVerdict.WORKLOAD_FIELD_NUMBER, view.key());
        out.message(VerdictRecord.WORKLOAD_FIELD_NUMBER, 0);
        return out.end();
    }

    private static Kept keep(WorkloadView view) {
        var drifts = WorkloadVerdict.newBuilder().addAllDrifts(Limits.drifts(view.template.drifts()));
        var middle = WorkloadVerdict.newBuilder().setTemplateState(view.template.state());
        var last = WorkloadVerdict.newBuilder();
        if (view.status != null) {
            middle.setStatus(view.status).setTemplateSince(Timestamps.fromMillis(view.templateSince));
        }
        if (view.declaration != null) {
            Revision newest = view.declaration.getRevisions(0);
            middle.setRevision(newest.getNumber())
                    .setPolicy(newest.getSpec().getRemediation())
                    .addAllDeclared(newest.getSpec().getContainersList());
            last.setDeclaredAt(newest.getDeclaredAt());
        }
        return new Kept(
                view.status,
                view.declaration,
                view.template,
                view.templateSince,
                drifts.build().toByteArray(),
                middle.build().toByteArray(),
                last.build().toByteArray());
    }
}
