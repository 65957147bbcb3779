package dev.snowmelt.remediator.guard;

import dev.snowmelt.v1.Hold.Reason;
import dev.snowmelt.v1.Override.Kind;

/// Did a person pause the workload, its target or everything?
final class PauseGuard implements Guard {
    @Override
    public Ruling rule(Case question) {
        return question.target()
                .overrides()
                .about(Kind.PAUSE, question.now(), question.workload().id())
                .map(pause -> {
                    String detail = "paused by " + pause.getBy() + ": " + pause.getReason();
                    return pause.hasUntil()
                            ? Ruling.holdUntil(Reason.PAUSED, detail, Times.instant(pause.getUntil()))
                            : Ruling.hold(Reason.PAUSED, detail);
                })
                .orElse(Ruling.ADMIT);
    }
}
