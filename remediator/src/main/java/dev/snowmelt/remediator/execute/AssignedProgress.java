package dev.snowmelt.remediator.execute;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far the assigned partitions are carried out. Used by the consumer's thread alone.
final class AssignedProgress implements ConsumerRebalanceListener {
    private static final Logger log = LoggerFactory.getLogger(AssignedProgress.class);
    private static final Duration STEP = Duration.ofMillis(10);

    private final Consumer<byte @Nullable [], byte @Nullable []> consumer;
    private final Duration patience;
    private final BooleanSupplier closing;
    private final Map<TopicPartition, Progress> partitions = new HashMap<>();
    /// Where each partition ended when it was assigned.
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private boolean assigned;

    /// @param patience how long a partition that is taken away waits for what has begun
    /// @param closing true: nothing is carried out any more, so that there is nothing to wait for
    AssignedProgress(
            Consumer<byte @Nullable [], byte @Nullable []> consumer, Duration patience, BooleanSupplier closing) {
        this.consumer = consumer;
        this.patience = patience;
        this.closing = closing;
    }

    /// True when there was an assignment, be it an empty one.
    boolean assigned() {
        return assigned;
    }

    /// True when the record was there before its partition was assigned: somebody may have begun it,
    /// and crashed or lost the partition before it was committed.
    boolean mayHaveBegun(ConsumerRecord<?, ?> record) {
        Long end = ends.get(new TopicPartition(record.topic(), record.partition()));
        return end == null || record.offset() < end;
    }

    /// @return to be run when the record is done, on any thread
    Runnable begin(ConsumerRecord<?, ?> record) {
        return partitions
                .computeIfAbsent(new TopicPartition(record.topic(), record.partition()), _ -> new Progress())
                .begin(record.offset());
    }

    /// Commits what is done.
    void commit() {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        partitions.forEach((partition, progress) ->
                progress.advance().ifPresent(next -> offsets.put(partition, new OffsetAndMetadata(next))));
        if (!offsets.isEmpty()) {
            consumer.commitSync(offsets, patience);
        }
    }

    /// Commits what is done when the consumer is about to be closed: what fails comes again.
    void commitQuietly() {
        try {
            commit();
        } catch (KafkaException e) {
            log.atInfo().addKeyValue("cause", e.getMessage()).log("last commit failed, commands will be read again");
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> added) {
        ends.putAll(consumer.endOffsets(added, patience));
        assigned = true;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> removed) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (!closing.getAsBoolean() && !idle(removed) && System.nanoTime() < end) {
                Thread.sleep(STEP);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        commitQuietly();
        removed.forEach(partitions::remove);
        removed.forEach(ends::remove);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
        lost.forEach(partitions::remove);
        lost.forEach(ends::remove);
    }

    private boolean idle(Collection<TopicPartition> removed) {
        for (TopicPartition partition : removed) {
            Progress progress = partitions.get(partition);
            if (progress != null && !progress.idle()) {
                return false;
            }
        }
        return true;
    }
}
