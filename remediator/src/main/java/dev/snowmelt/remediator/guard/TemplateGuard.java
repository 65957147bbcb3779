package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.WorkloadVerdict;

/// Would its controller create what is declared? Otherwise terminating is useless: the next one is wrong too.
final class TemplateGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        WorkloadVerdict workload = question.workload().verdict();
        if (question.workload().id().standalone()) {
            return Ruling.ADMIT;
        }
        if (workload == null) {
            return Ruling.hold(Reason.UNKNOWN, "its workload has not been judged yet");
        }
        return switch (workload.getTemplateState()) {
            case MATCHING -> Ruling.ADMIT;
            case MISMATCHED ->
                Ruling.hold(Reason.TEMPLATE_MISMATCHED, "the template would recreate an image that is not declared");
            case UNPINNED ->
                Ruling.hold(
                        Reason.TEMPLATE_UNPINNED, "the template names a tag: what it would recreate cannot be told");
            case TEMPLATE_UNKNOWN, UNRECOGNIZED ->
                Ruling.hold(Reason.UNKNOWN, "what the template would recreate is not known");
        };
    }
}
