package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RemediationPolicy.Protected;
import dev.snowmelt.v1.WorkloadStatus.Strategy;
import dev.snowmelt.v1.WorkloadVerdict;
import dev.snowmelt.v1.WorkloadVerdict.TemplateState;
import java.util.regex.Pattern;

/// Does the declaration allow the template to be restored, and can it be? Restoring restarts every replica under
/// the workload's own strategy ([Restarts]): one that stops all at once, or holds state, must be named.
final class RestorableGuard implements Guard {
    private static final Pattern PINNED = Pattern.compile("[^@\\s]+@sha256:[0-9a-f]{64}|ami-[0-9a-f]+");

    @Override
    public Ruling rule(Case question) {
        RemediationPolicy policy = question.policy();
        WorkloadVerdict verdict = question.workload().verdict();
        if (verdict == null) {
            return Ruling.hold(Reason.UNKNOWN, "its workload has not been judged yet");
        }
        Reason diverges = verdict.getTemplateState() == TemplateState.UNPINNED
                ? Reason.TEMPLATE_UNPINNED
                : Reason.TEMPLATE_MISMATCHED;
        if (!policy.getRestoreTemplate().getEnabled()) {
            return Ruling.hold(diverges, "the declaration does not allow the template to be restored");
        }
        if (verdict.getStatus().getStrategy() == Strategy.RECREATE
                && !Policies.alsoTerminates(policy, Protected.RECREATE)) {
            return Ruling.hold(
                    diverges, "its strategy stops every replica at once, and the declaration does not name RECREATE");
        }
        if (verdict.getDeclaredCount() == 0) {
            return Ruling.hold(Reason.UNKNOWN, "what the template must name is not known");
        }
        for (DeclaredContainer container : verdict.getDeclaredList()) {
            if (!PINNED.matcher(container.getImage()).matches()) {
                return Ruling.hold(diverges, "the declaration has no pinned image for " + container.getName());
            }
        }
        return Ruling.ADMIT;
    }
}
