package dev.snowmelt.remediator.plan;

import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.WorkloadStanding;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Memory with transactions: what was not committed can be undone, as a crash does.
public final class MapMemory implements Memory {
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final MapTable<SubjectKey, CensusEntry> census = new MapTable<>();
    private final MapTable<SubjectKey, TrackedRemediation> remediations = new MapTable<>();
    private final MapTable<OverrideKey, Override> overrides = new MapTable<>();
    private final MapTable<TargetId, TargetStanding> targets = new MapTable<>();
    private final MapTable<WorkloadId, WorkloadStanding> workloads = new MapTable<>();

    public void commit() {
        undo.clear();
    }

    public void rollBack() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }

    @java.lang.Override
    public Table<SubjectKey, CensusEntry> census() {
        return census;
    }

    @java.lang.Override
    public Table<SubjectKey, TrackedRemediation> remediations() {
        return remediations;
    }

    public Map<SubjectKey, TrackedRemediation> allRemediations() {
        return remediations.entries;
    }

    @java.lang.Override
    public Table<OverrideKey, Override> overrides() {
        return overrides;
    }

    @java.lang.Override
    public Table<TargetId, TargetStanding> targets() {
        return targets;
    }

    @java.lang.Override
    public Table<WorkloadId, WorkloadStanding> workloads() {
        return workloads;
    }

    private final class MapTable<K, V> implements Table<K, V> {
        private final Map<K, V> entries = new LinkedHashMap<>();

        @java.lang.Override
        public @Nullable V get(K key) {
            return entries.get(key);
        }

        @java.lang.Override
        public void put(K key, @Nullable V value) {
            V before = entries.get(key);
            undo.push(() -> set(key, before));
            set(key, value);
        }

        private void set(K key, @Nullable V value) {
            if (value == null) {
                entries.remove(key);
            } else {
                entries.put(key, value);
            }
        }

        @java.lang.Override
        public void each(BiConsumer<K, V> reader) {
            entries.forEach(reader);
        }
    }
}
