package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;

/// Is a replacement overdue that nobody has looked for since? It may be there without the planner
/// having heard of it, so nothing is concluded (S9); but nothing is added to it either (S8).
final class OverdueGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        return question.workload().overdue()
                ? Ruling.hold(
                        Reason.UNKNOWN,
                        "a replacement is overdue; the target's next complete snapshot tells whether it came")
                : Ruling.ADMIT;
    }
}
