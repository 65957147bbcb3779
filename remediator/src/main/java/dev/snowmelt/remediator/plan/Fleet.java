package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Overrides;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The targets of one task, and what people said about every target.
final class Fleet {
    private final GuardSettings guards;
    private final Overrides.Layer everywhere = new Overrides.Layer();
    private final Map<TargetId, TargetState> targets = new HashMap<>();

    Fleet(GuardSettings guards) {
        this.guards = guards;
    }

    /// A target that was never heard of counts as moving.
    TargetState target(TargetId id, Instant now) {
        return targets.computeIfAbsent(id, missing -> {
            var target = new TargetState(missing, now, everywhere);
            target.settling().unsettle(now, guards);
            return target;
        });
    }

    WorkloadState workload(WorkloadId id, Instant now) {
        return target(id.target(), now).workload(id);
    }

    /// Null: nothing is known of it.
    @Nullable WorkloadState known(WorkloadId id) {
        TargetState target = targets.get(id.target());
        return target == null ? null : target.known(id);
    }

    List<TargetState> targets() {
        return List.copyOf(targets.values());
    }

    /// The targets that an override is about.
    List<TargetState> concerned(OverrideKey key, Instant now) {
        return key.target().map(id -> List.of(target(id, now))).orElseGet(this::targets);
    }

    /// Where an override is kept.
    Overrides.Layer layer(OverrideKey key, Instant now) {
        return key.target().map(id -> target(id, now).own()).orElse(everywhere);
    }

    /// How the targets stand that exist.
    Figures figures(Instant now) {
        return new Figures(targets.values().stream()
                .filter(TargetState::exists)
                .map(target -> target.figures(now))
                .toList());
    }
}
