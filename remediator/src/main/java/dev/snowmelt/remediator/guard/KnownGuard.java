package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadVerdict;

/// Is enough known, and does it fit together? The instance must have been judged by the revision that the
/// workload's policy comes from.
final class KnownGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        WorkloadVerdict workload = question.workload().verdict();
        if (workload == null) {
            return Ruling.hold(Reason.UNKNOWN, "its workload has not been judged yet");
        }
        if (!question.workload().id().standalone()) {
            if (!workload.hasStatus()) {
                return Ruling.hold(Reason.UNKNOWN, "its controller's status was never seen");
            }
            if (workload.getStatus().getDesired() < 0 || workload.getStatus().getReady() < 0) {
                return Ruling.hold(Reason.UNKNOWN, "its controller's counts make no sense");
            }
        }
        return switch (question.subject()) {
            case Subject.OfTemplate() ->
                workload.hasTemplateSince()
                        ? Ruling.ADMIT
                        : Ruling.hold(Reason.UNKNOWN, "since when the template diverges is not known");
            case Subject.OfInstance(var _, var verdict) -> instance(verdict, workload);
        };
    }

    private static Ruling instance(Verdict verdict, WorkloadVerdict workload) {
        if (verdict.getRevision() != workload.getRevision()) {
            return Ruling.hold(
                    Reason.UNKNOWN,
                    "judged by revision %d, but revision %d is declared"
                            .formatted(verdict.getRevision(), workload.getRevision()));
        }
        if (!verdict.hasSince() || verdict.getId().isEmpty()) {
            return Ruling.hold(Reason.UNKNOWN, "since when it drifts is not known");
        }
        return Ruling.ADMIT;
    }
}
