package dev.snowmelt.remediator.plan;

import dev.snowmelt.remediator.guard.ApprovalGuard;
import dev.snowmelt.remediator.guard.GuardSettings;
import dev.snowmelt.remediator.guard.Overrides;
import dev.snowmelt.remediator.guard.Restarts;
import dev.snowmelt.remediator.guard.TargetView;
import dev.snowmelt.remediator.guard.Times;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.WorkloadStanding;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the heap keeps of one target: its workloads, and sums over them that are kept up to date,
/// so that no decision about one workload has to look at the others.
final class TargetState {
    /// What one workload contributes to the sums.
    private record Share(int known, int drifted, int newlyOutdated, int restarting) {
        static final Share NONE = new Share(0, 0, 0, 0);
    }

    private final TargetId id;
    private final Instant heard;
    private final Census census = new Census();
    private final Overrides.Layer own = new Overrides.Layer();
    private final Overrides overrides;
    private final Settling settling = new Settling();
    private final Map<WorkloadId, WorkloadState> workloads = new HashMap<>();
    private final Map<WorkloadId, Share> shares = new HashMap<>();
    private final Set<WorkloadId> recent = new HashSet<>();
    private final Set<WorkloadId> rolling = new HashSet<>();
    private final Set<WorkloadId> restoring = new HashSet<>();
    private final Set<WorkloadId> suspended = new HashSet<>();
    private final Set<WorkloadState> active = new LinkedHashSet<>();
    private TargetStanding standing = TargetStanding.getDefaultInstance();
    private long instances;
    private long drifted;
    private long newlyOutdated;
    private long restarting;

    /// @param heard when this planner first heard of it
    TargetState(TargetId id, Instant heard, Overrides.Layer fleet) {
        this.id = id;
        this.heard = heard;
        this.overrides = new Overrides(own, fleet);
    }

    TargetId id() {
        return id;
    }

    Census census() {
        return census;
    }

    Overrides.Layer own() {
        return own;
    }

    Overrides overrides() {
        return overrides;
    }

    Settling settling() {
        return settling;
    }

    TargetStanding standing() {
        return standing;
    }

    void standing(TargetStanding next) {
        standing = next;
    }

    /// True when something there was seen, decided or declared, or somebody looks there. Of others
    /// only people spoke, and may have misspelt them: nobody is missed there.
    boolean exists() {
        return !workloads.isEmpty() || standing.hasFirstComplete() || standing.hasHeard();
    }

    /// The standing after something was heard of the target: since when, or not at all any more,
    /// where the last that was known there is gone and nobody ever saw it whole.
    ///
    /// @param looked somebody looks there
    TargetStanding heard(boolean looked, Instant now) {
        boolean there = looked || !workloads.isEmpty() || standing.hasFirstComplete();
        if (there == standing.hasHeard()) {
            return standing;
        }
        return there
                ? standing.toBuilder().setHeard(Times.timestamp(now)).build()
                : standing.toBuilder().clearHeard().build();
    }

    WorkloadState workload(WorkloadId workload) {
        return workloads.computeIfAbsent(workload, WorkloadState::new);
    }

    @Nullable WorkloadState known(WorkloadId workload) {
        return workloads.get(workload);
    }

    /// Brings the sums up to date after a workload changed.
    void refresh(WorkloadState workload, GuardSettings settings, Instant now) {
        WorkloadId key = workload.id();
        var verdict = workload.verdict();
        boolean isRecent = verdict != null
                && workload.outdated() > 0
                && ApprovalGuard.recent(verdict, workload.standing(), settings, now);
        Share next = new Share(
                workload.known(),
                workload.drifted(),
                isRecent ? workload.outdated() : 0,
                workload.restoring()
                        ? Math.max(workload.slots(), Restarts.charge(verdict, workload.known()))
                        : workload.slots());
        Share last = shares.getOrDefault(key, Share.NONE);
        instances += next.known() - last.known();
        drifted += next.drifted() - last.drifted();
        newlyOutdated += next.newlyOutdated() - last.newlyOutdated();
        restarting += next.restarting() - last.restarting();
        member(recent, key, isRecent);
        member(rolling, key, workload.rolling());
        member(restoring, key, workload.restoring() && !workload.restoreStuck());
        member(suspended, key, workload.standing().hasSuspendedAt());
        member(active, workload, workload.active());
        if (workload.empty() && workload.standing().equals(WorkloadStanding.getDefaultInstance())) {
            workloads.remove(key);
            shares.remove(key);
        } else {
            shares.put(key, next);
        }
    }

    private static <T> void member(Set<T> set, T element, boolean in) {
        if (in) {
            set.add(element);
        } else {
            set.remove(element);
        }
    }

    Collection<WorkloadState> workloads() {
        return List.copyOf(workloads.values());
    }

    /// Workloads where something waits.
    Collection<WorkloadState> active() {
        return active;
    }

    /// Workloads with outdated instances whose declaration counts as recent.
    Collection<WorkloadId> recent() {
        return recent;
    }

    Set<WorkloadId> suspended() {
        return suspended;
    }

    long instances() {
        return instances;
    }

    long drifted() {
        return drifted;
    }

    boolean tooManyNewlyOutdated(GuardSettings settings) {
        return settings.tooMany(newlyOutdated, instances);
    }

    int busy() {
        return rolling.size() + restoring.size();
    }

    /// The target as guards of one workload see it.
    TargetView view(WorkloadState workload, Instant now) {
        long others =
                restarting - shares.getOrDefault(workload.id(), Share.NONE).restarting();
        return new TargetView(
                id,
                overrides,
                standing,
                instances,
                drifted,
                newlyOutdated,
                others,
                settling.until(now),
                Collections.unmodifiableSet(rolling),
                Collections.unmodifiableSet(restoring));
    }

    private Instant firstHeard() {
        return standing.hasHeard() ? Times.instant(standing.getHeard()) : heard;
    }

    private Instant suspendedAt(WorkloadId workload) {
        return Times.instant(workload(workload).standing().getSuspendedAt());
    }

    /// How it stands, for gauges.
    TargetFigures figures(Instant now) {
        boolean paused = overrides
                .inForce(Kind.PAUSE, now, OverrideKey.EVERY_TARGET, id.toString())
                .isPresent();
        long pauses = own.all(Kind.PAUSE).stream()
                .filter(pause -> !pause.getSubject().equals(id.toString()))
                .filter(pause ->
                        !pause.hasUntil() || Times.instant(pause.getUntil()).isAfter(now))
                .count();
        return new TargetFigures(
                id,
                now,
                census.instances(),
                census.drifts(),
                census.declared(),
                standing.hasFirstComplete(),
                standing.hasLastComplete() ? Times.instant(standing.getLastComplete()) : firstHeard(),
                standing.hasBreakerOpenedAt(),
                paused,
                (int) pauses,
                standing.hasSuspendedAt() || overrides.suspendedTargets(now).size() >= 2,
                suspended.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), this::suspendedAt)),
                active.stream().flatMap(workload -> workload.open().stream()).toList());
    }
}
