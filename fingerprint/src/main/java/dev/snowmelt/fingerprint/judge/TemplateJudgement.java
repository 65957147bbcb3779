package dev.snowmelt.fingerprint.judge;

import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.WorkloadVerdict;
import java.util.List;

/// What was found about a workload's template.
///
/// @param state whether it recreates what is declared
/// @param drifts TEMPLATE_MISMATCH and TEMPLATE_UNPINNED, by container
public record TemplateJudgement(WorkloadVerdict.TemplateState state, List<Drift> drifts) {
    /// Nothing is declared, or no template was seen.
    public static final TemplateJudgement UNKNOWN =
            new TemplateJudgement(WorkloadVerdict.TemplateState.TEMPLATE_UNKNOWN, List.of());

    public TemplateJudgement {
        drifts = List.copyOf(drifts);
    }
}
