package dev.snowmelt.remediator.plan;

import dev.snowmelt.schemas.id.WorkloadId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Which workloads are to be looked at: those that something changed for, and those whose time has come.
final class Schedule {
    private record Wake(Instant at, WorkloadId workload) {}

    private final LinkedHashSet<WorkloadId> dirty = new LinkedHashSet<>();
    private final PriorityQueue<Wake> wakes = new PriorityQueue<>(Comparator.comparing(Wake::at));
    private final Map<WorkloadId, Instant> next = new HashMap<>();

    void dirty(WorkloadState workload) {
        dirty.add(workload.id());
    }

    void all(Collection<WorkloadState> workloads) {
        workloads.forEach(this::dirty);
    }

    /// It is being looked at now: it says itself when it wants to be looked at again.
    void planned(WorkloadState workload) {
        dirty.remove(workload.id());
        next.remove(workload.id());
    }

    void wake(WorkloadState workload, @Nullable Instant at) {
        if (at == null) {
            return;
        }
        Instant known = next.get(workload.id());
        if (known == null || at.isBefore(known)) {
            next.put(workload.id(), at);
            wakes.add(new Wake(at, workload.id()));
        }
    }

    /// Takes workloads that are to be looked at, those that waited longest first.
    List<WorkloadId> due(Instant now, int limit) {
        Wake first = wakes.peek();
        while (first != null && !first.at().isAfter(now)) {
            wakes.remove();
            // One that was planned since has said anew when it wants to be woken.
            if (next.remove(first.workload(), first.at())) {
                dirty.add(first.workload());
            }
            first = wakes.peek();
        }
        var due = new ArrayList<WorkloadId>(Math.min(limit, dirty.size()));
        for (WorkloadId workload : dirty) {
            if (due.size() >= limit) {
                break;
            }
            due.add(workload);
        }
        due.forEach(dirty::remove);
        return due;
    }
}
