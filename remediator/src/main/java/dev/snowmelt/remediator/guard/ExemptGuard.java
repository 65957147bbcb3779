package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Override.Kind;
import java.util.Optional;

/// Did a person exempt the instance or its workload?
final class ExemptGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        Optional<String> instance = question.subject() instanceof Subject.OfInstance(var id, var _)
                ? Optional.of(id.toString())
                : Optional.empty();
        String workload = question.workload().id().toString();
        String[] subjects = instance.map(id -> new String[] {id, workload}).orElseGet(() -> new String[] {workload});
        return question.target()
                .overrides()
                .inForce(Kind.EXEMPTION, question.now(), subjects)
                .map(exemption ->
                        Ruling.hold(Reason.EXEMPT, "exempt by " + exemption.getBy() + ": " + exemption.getReason()))
                .orElse(Ruling.ADMIT);
    }
}
