package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Instant;

/// May Snowmelt act on this workload at all? Whoever declares nothing, or no mode, gets OBSERVE.
final class ModeGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        return switch (question.policy().getMode()) {
            case ENFORCE -> Ruling.ADMIT;
            case APPROVE ->
                approved(question)
                        ? Ruling.ADMIT
                        : Ruling.hold(Reason.APPROVAL, "mode APPROVE: a person must approve it");
            case OFF -> Ruling.hold(Reason.MODE, "mode OFF");
            case OBSERVE, MODE_UNSPECIFIED ->
                Ruling.hold(Reason.MODE, "mode OBSERVE: drift is reported, nothing is replaced");
            case UNRECOGNIZED -> Ruling.hold(Reason.UNKNOWN, "the declaration's mode is not known to this version");
        };
    }

    private static boolean approved(Case question) {
        String workload = question.workload().id().toString();
        Overrides overrides = question.target().overrides();
        return switch (question.subject()) {
            case Subject.OfInstance(var id, var verdict) ->
                overrides.approved(
                        question.now(),
                        Times.instant(verdict.getSince()),
                        question.revision(),
                        id.toString(),
                        workload);
            case Subject.OfTemplate() ->
                overrides.approved(question.now(), templateSince(question), question.revision(), workload);
        };
    }

    private static Instant templateSince(Case question) {
        WorkloadVerdict verdict = question.workload().verdict();
        return verdict == null ? Instant.MAX : Times.instant(verdict.getTemplateSince());
    }
}
