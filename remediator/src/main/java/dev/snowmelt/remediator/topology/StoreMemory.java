package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.plan.Memory;
import dev.snowmelt.remediator.plan.Table;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.CensusEntry;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.TargetStanding;
import dev.snowmelt.v1.TrackedRemediation;
import dev.snowmelt.v1.WorkloadStanding;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// The planner's memory in the state stores of one task.
final class StoreMemory implements Memory {
    static final String CENSUS = "census";
    static final String REMEDIATIONS = "remediations";
    static final String OVERRIDES = "overrides";
    static final String TARGETS = "targets";
    static final String WORKLOADS = "workloads";

    private final Table<SubjectKey, CensusEntry> census;
    private final Table<SubjectKey, TrackedRemediation> remediations;
    private final Table<OverrideKey, Override> overrides;
    private final Table<TargetId, TargetStanding> targets;
    private final Table<WorkloadId, WorkloadStanding> workloads;

    StoreMemory(ProcessingContext context) {
        census = new StoreTable<>(context.getStateStore(CENSUS));
        remediations = new StoreTable<>(context.getStateStore(REMEDIATIONS));
        overrides = new StoreTable<>(context.getStateStore(OVERRIDES));
        targets = new StoreTable<>(context.getStateStore(TARGETS));
        workloads = new StoreTable<>(context.getStateStore(WORKLOADS));
    }

    @java.lang.Override
    public Table<SubjectKey, CensusEntry> census() {
        return census;
    }

    @java.lang.Override
    public Table<SubjectKey, TrackedRemediation> remediations() {
        return remediations;
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

    private record StoreTable<K, V>(KeyValueStore<K, V> store) implements Table<K, V> {
        @java.lang.Override
        public @Nullable V get(K key) {
            return store.get(key);
        }

        @java.lang.Override
        public void put(K key, @Nullable V value) {
            if (value == null) {
                store.delete(key);
            } else {
                store.put(key, value);
            }
        }

        @java.lang.Override
        public void each(BiConsumer<K, V> reader) {
            try (var entries = store.all()) {
                entries.forEachRemaining(entry -> reader.accept(entry.key, entry.value));
            }
        }
    }
}
