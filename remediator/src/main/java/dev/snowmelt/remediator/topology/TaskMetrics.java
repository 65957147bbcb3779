package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.plan.Figures;
import dev.snowmelt.remediator.plan.TargetFigures;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.Remediation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What one task adds to the planner's meters; it goes when the task does.
final class TaskMetrics implements AutoCloseable {
    private final PlannerMetrics meters;
    private final Map<TargetId, TargetMeters> targets = new HashMap<>();
    private volatile Figures figures = Figures.NONE;

    TaskMetrics(PlannerMetrics meters) {
        this.meters = meters;
    }

    /// A remediation is counted where it stands now.
    void moved(TargetId target, @Nullable Remediation before, @Nullable Remediation after) {
        TargetMeters its = of(target);
        its.moved(before, after);
        if (after != null && (before == null || before.getPhase() != after.getPhase())) {
            its.entered(after);
            meters.entered(after);
        }
    }

    /// It stood so before the task came here.
    void found(TargetId target, Remediation remediation) {
        of(target).moved(null, remediation);
    }

    private TargetMeters of(TargetId target) {
        return targets.computeIfAbsent(target, meters::target);
    }

    void stand(Figures now) {
        Set<TargetId> there = now.targets().stream().map(TargetFigures::target).collect(Collectors.toSet());
        List<TargetId> gone = figures.targets().stream()
                .map(TargetFigures::target)
                .filter(before -> !there.contains(before))
                .toList();
        boolean come = figures.targets().size() - gone.size() < there.size();
        gone.forEach(target -> of(target).standNoMore());
        figures = now;
        if (come || !gone.isEmpty()) {
            // What is open there is told before the target is: rules take its absence for its end.
            meters.tell(null);
        } else {
            now.targets().stream().findFirst().ifPresent(any -> meters.tell(any.at()));
        }
        for (TargetFigures target : now.targets()) {
            of(target.target()).stand(target);
        }
    }

    void deadLetter() {
        meters.deadLetters.increment();
    }

    void outcomeWithoutEffect() {
        meters.outcomesWithoutEffect.increment();
    }

    Figures figures() {
        return figures;
    }

    @Override
    public void close() {
        targets.values().forEach(TargetMeters::close);
        targets.clear();
        figures = Figures.NONE;
        meters.forget(this);
    }
}
