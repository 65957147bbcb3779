package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;

/// Has Snowmelt stopped itself here? Replacements that came back drifted or not at all suspend their workload, two
/// such workloads the target, two such targets everything (S8).
final class SuspendedGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        var standing = question.workload().standing();
        if (standing.hasSuspendedAt()) {
            return Ruling.hold(Reason.SUSPENDED, "the workload is suspended: " + standing.getSuspendedBecause());
        }
        var target = question.target().standing();
        if (target.hasSuspendedAt()) {
            return Ruling.hold(Reason.SUSPENDED, "the target is suspended: " + target.getSuspendedBecause());
        }
        var suspended = question.target().overrides().suspendedTargets(question.now());
        return suspended.size() < 2
                ? Ruling.ADMIT
                : Ruling.hold(
                        Reason.SUSPENDED,
                        "everything is suspended: so are the targets " + String.join(", ", suspended));
    }
}
