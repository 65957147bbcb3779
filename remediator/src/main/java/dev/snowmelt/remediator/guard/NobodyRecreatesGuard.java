package dev.snowmelt.remediator.guard;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.ImageFacet.Protection;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.RemediationPolicy.Protected;
import dev.snowmelt.v1.WorkloadStatus;

/// Would anybody create another one, and would it be as good as this one? What nothing recreates and what holds
/// state is report-only unless the declaration names it (S3); a static pod's mirror and a physical host always are.
final class NobodyRecreatesGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        WorkloadId workload = question.workload().id();
        RemediationPolicy policy = question.policy();
        if (workload.standalone()) {
            if (!Policies.alsoTerminates(policy, Protected.STANDALONE)) {
                return held("nothing owns it, so nothing would recreate it");
            }
        } else if (!workload.recreates()) {
            return held("its owner is a " + workload.kind() + ", which is no controller that Snowmelt knows");
        }
        boolean stateful = workload.kind().equals(WorkloadId.STATEFUL_SET)
                || question.status().filter(WorkloadStatus::getStateful).isPresent();
        if (question.subject() instanceof Subject.OfInstance(var _, var verdict)) {
            for (Protection protection : verdict.getProtectionsList()) {
                switch (protection) {
                    case STATIC_POD -> {
                        return held("a static pod: deleting its mirror changes nothing");
                    }
                    case PHYSICAL -> {
                        return held("a physical host");
                    }
                    case STATEFUL -> stateful = true;
                    case PROTECTION_UNSPECIFIED, UNRECOGNIZED -> {
                        return Ruling.hold(
                                Reason.UNKNOWN, "it is protected for a reason that this version does not know");
                    }
                }
            }
        }
        return stateful && !Policies.alsoTerminates(policy, Protected.STATEFUL) ? held("it holds state") : Ruling.ADMIT;
    }

    private static Ruling held(String detail) {
        return Ruling.hold(Reason.NOBODY_RECREATES, detail);
    }
}
