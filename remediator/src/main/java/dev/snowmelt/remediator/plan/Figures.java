package dev.snowmelt.remediator.plan;

import java.util.List;

/// How a task's targets stand, for gauges.
public record Figures(List<TargetFigures> targets) {
    /// Of no target.
    public static final Figures NONE = new Figures(List.of());

    /// Keeps a copy.
    public Figures {
        targets = List.copyOf(targets);
    }

    /// Targets whose breaker is open.
    public int openBreakers() {
        return (int) targets.stream().filter(TargetFigures::breakerOpen).count();
    }

    /// Workloads that are suspended.
    public int suspendedWorkloads() {
        return targets.stream()
                .mapToInt(target -> target.suspendedWorkloads().size())
                .sum();
    }

    /// Targets that are suspended.
    public int suspendedTargets() {
        return (int) targets.stream().filter(TargetFigures::suspended).count();
    }

    /// What waits for a person to resume it: breakers, workloads and targets.
    public int stopped() {
        return openBreakers() + suspendedWorkloads() + suspendedTargets();
    }
}
