package dev.snowmelt.remediator.execute;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.Command;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/// Reads records of `commands`.
final class CommandReader {
    private final Topic<WorkloadId, Command> commands;
    private final Set<TargetId> targets;

    /// @param targets the targets that this executor acts in
    CommandReader(Topic<WorkloadId, Command> commands, Set<TargetId> targets) {
        this.commands = commands;
        this.targets = targets;
    }

    /// What a record turned out to be.
    sealed interface Reading {
        /// To be carried out here.
        record Understood(Order order) implements Reading {}

        /// For an executor of another target.
        record Elsewhere() implements Reading {}

        /// For the dead letters.
        record Unreadable(String reason) implements Reading {}
    }

    Reading read(ConsumerRecord<byte @Nullable [], byte @Nullable []> record) {
        if (record.key() == null || record.value() == null) {
            return new Reading.Unreadable("a command has a key and a value");
        }
        try {
            WorkloadId key = commands.keySerde().deserializer().deserialize(record.topic(), record.key());
            Command command = commands.valueSerde().deserializer().deserialize(record.topic(), record.value());
            Integer partition = commands.partitionOf(key);
            if (partition == null || partition != record.partition()) {
                return new Reading.Unreadable(
                        "lies on partition " + record.partition() + ", but " + key.target() + " on " + partition);
            }
            return read(key, command);
        } catch (SerializationException | MalformedIdException e) {
            return new Reading.Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private Reading read(WorkloadId key, Command command) {
        WorkloadId workload = WorkloadId.parse(command.getWorkload());
        if (!workload.equals(key)) {
            return new Reading.Unreadable("is about " + workload + ", but its key is " + key);
        }
        if (command.getId().isEmpty()) {
            return new Reading.Unreadable("has no id");
        }
        if (!command.hasExpiresAt()) {
            return new Reading.Unreadable("never expires");
        }
        if (!Timestamps.isValid(command.getExpiresAt()) || !Timestamps.isValid(command.getIssuedAt())) {
            return new Reading.Unreadable("was issued or expires at a time that is none");
        }
        return switch (command.getAction()) {
            case REPLACE_INSTANCE -> {
                InstanceId instance = InstanceId.parse(command.getInstance());
                if (!instance.target().equals(workload.target())) {
                    yield new Reading.Unreadable(instance + " does not live in " + workload.target());
                }
                if (!instance.namespace().equals(workload.namespace())) {
                    yield new Reading.Unreadable(instance + " cannot belong to " + workload);
                }
                yield mine(new Order.Replace(command, workload, instance));
            }
            case RESTORE_TEMPLATE -> mine(new Order.Restore(command, workload));
            case ACTION_UNSPECIFIED, UNRECOGNIZED ->
                new Reading.Unreadable("asks for an action that is not known: " + command.getActionValue());
        };
    }

    private Reading mine(Order order) {
        return targets.contains(order.workload().target()) ? new Reading.Understood(order) : new Reading.Elsewhere();
    }
}
