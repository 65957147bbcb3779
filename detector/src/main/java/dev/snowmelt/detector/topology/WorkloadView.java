package dev.snowmelt.detector.topology;

import dev.snowmelt.fingerprint.judge.TemplateJudgement;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import org.jspecify.annotations.Nullable;

/// A workload as the stores know it, parsed: made of them when it is first needed and kept up with
/// them afterwards, never persisted itself.
final class WorkloadView {
    private final WorkloadId id;
    private final TargetView target;
    private final String text;
    private final byte[] key;

    /// What its instances are made of.
    final Cohorts cohorts = new Cohorts();
    /// Null: nothing is declared.
    @Nullable Declaration declaration;
    /// Null: never seen, or gone.
    @Nullable WorkloadStatus status;
    /// What was found about the status' template.
    TemplateJudgement template = TemplateJudgement.UNKNOWN;
    /// Since when the template is in this state, in milliseconds since 1970; 0: no status.
    long templateSince;
    /// How many live instances it has.
    int instances;
    /// Hash of its verdict as last emitted; 0: not in this run.
    long emitted;
    /// What of its verdict does not change with its instances; null: not written yet.
    WorkloadVerdicts.@Nullable Kept kept;

    WorkloadView(WorkloadId id, TargetView target, byte[] key) {
        this.id = id;
        this.target = target;
        this.text = id.toString();
        this.key = key;
    }

    WorkloadId id() {
        return id;
    }

    TargetView target() {
        return target;
    }

    byte[] key() {
        return key;
    }

    String text() {
        return text;
    }

    @Nullable Template nextTemplate() {
        return status == null || !status.hasTemplate() ? null : status.getTemplate();
    }

    /// The image facet of one of its instances, as it is stored.
    SeenImage stored(InstanceState state) {
        return cohorts.look(ImageBytes.stored(state.image));
    }

    /// True when there is nothing to say of it.
    boolean empty() {
        return declaration == null && status == null && instances == 0;
    }
}
