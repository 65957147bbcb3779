package dev.snowmelt.detector.topology;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// The named stores of one task. Keys are UTF-8.
///
/// @param declarations workload → Declaration, as it stands in the topic
/// @param instances `workload|instance` → [InstanceState]
/// @param workloads workload → [WorkloadState]
/// @param targets target → [TargetView]'s persistent part, and beside them the topic that the marks
/// are of ([Marks])
record TaskStores(
        KeyValueStore<Bytes, byte[]> declarations,
        KeyValueStore<Bytes, byte[]> instances,
        KeyValueStore<Bytes, byte[]> workloads,
        KeyValueStore<Bytes, byte[]> targets) {
    static final String DECLARATIONS = "declarations";
    static final String INSTANCES = "instances";
    static final String WORKLOADS = "workloads";
    static final String TARGETS = "targets";

    /// A stored instance.
    ///
    /// @param key `workload|instance`
    /// @param state what is known of it
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Instance(byte[] key, InstanceState state) {}

    /// A stored workload.
    ///
    /// @param key workload
    /// @param state what is known of it
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Workload(byte[] key, WorkloadState state) {}

    /// What is done with each stored instance or workload. It must not write.
    interface Look<S> {
        void at(byte[] key, S state);
    }

    static TaskStores of(ProcessorContext<?, ?> context) {
        return new TaskStores(
                context.getStateStore(DECLARATIONS),
                context.getStateStore(INSTANCES),
                context.getStateStore(WORKLOADS),
                context.getStateStore(TARGETS));
    }

    @Nullable InstanceState instance(byte[] key) {
        return InstanceState.read(instances.get(Bytes.wrap(key)));
    }

    void putInstance(byte[] key, InstanceState state) {
        instances.put(Bytes.wrap(key), state.toBytes());
    }

    @Nullable WorkloadState workload(byte[] key) {
        return WorkloadState.read(workloads.get(Bytes.wrap(key)));
    }

    void putWorkload(byte[] key, WorkloadState state) {
        workloads.put(Bytes.wrap(key), state.toBytes());
    }

    /// Looks at the instances whose keys begin so. Stores do not promise what an iterator shows of
    /// writes made meanwhile: collect first, write afterwards.
    void eachInstance(byte[] prefix, Look<InstanceState> look) {
        try (var all = instances.prefixScan(prefix, new ByteArraySerializer())) {
            while (all.hasNext()) {
                var each = all.next();
                InstanceState state = InstanceState.read(each.value);
                if (state != null) {
                    look.at(each.key.get(), state);
                }
            }
        }
    }

    /// As [#eachInstance], with the states' bytes.
    void eachStoredInstance(byte[] prefix, Look<byte[]> look) {
        try (var all = instances.prefixScan(prefix, new ByteArraySerializer())) {
            while (all.hasNext()) {
                var each = all.next();
                look.at(each.key.get(), each.value);
            }
        }
    }

    /// As [#eachInstance].
    void eachWorkload(byte[] prefix, Look<WorkloadState> look) {
        try (var all = workloads.prefixScan(prefix, new ByteArraySerializer())) {
            while (all.hasNext()) {
                var each = all.next();
                WorkloadState state = WorkloadState.read(each.value);
                if (state != null) {
                    look.at(each.key.get(), state);
                }
            }
        }
    }

    /// As [#eachInstance], with the declarations' bytes.
    void eachDeclaration(byte[] prefix, Look<byte[]> look) {
        try (var all = declarations.prefixScan(prefix, new ByteArraySerializer())) {
            while (all.hasNext()) {
                var each = all.next();
                look.at(each.key.get(), each.value);
            }
        }
    }

    /// The live instances of a workload.
    List<Instance> instancesOf(byte[] workload) {
        var found = new ArrayList<Instance>();
        eachInstance(Keys.instancesOf(workload), (key, state) -> {
            if (state.alive()) {
                found.add(new Instance(key, state));
            }
        });
        return found;
    }
}
