package dev.snowmelt.remediator.execute;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
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
    /// A process that stood still for longer than the group waits for its members may have lost its
    /// partitions without having been told. Half of that.
    private static final Duration STALE = Duration.ofSeconds(5);

    private final Consumer<byte @Nullable [], byte @Nullable []> consumer;
    private final Duration patience;
    private final BooleanSupplier closing;
    private final LongSupplier nanos;
    private final Map<TopicPartition, Assignment> partitions = new HashMap<>();
    private boolean assigned;
    private volatile long polled;
    private volatile long trusted;

    /// A partition, from when it was assigned until it is taken away.
    private static final class Assignment {
        private final Progress progress = new Progress();
        private final long end;
        private volatile boolean lost;

        /// @param end where the partition ended when it was assigned
        Assignment(long end) {
            this.end = end;
        }
    }

    /// @param patience how long a partition that is taken away waits for what has begun
    /// @param closing true: nothing is carried out any more, so that there is nothing to wait for
    AssignedProgress(
            Consumer<byte @Nullable [], byte @Nullable []> consumer, Duration patience, BooleanSupplier closing) {
        this(consumer, patience, closing, System::nanoTime);
    }

    /// The same by another clock.
    AssignedProgress(
            Consumer<byte @Nullable [], byte @Nullable []> consumer,
            Duration patience,
            BooleanSupplier closing,
            LongSupplier nanos) {
        this.consumer = consumer;
        this.patience = patience;
        this.closing = closing;
        this.nanos = nanos;
        this.polled = nanos.getAsLong();
        this.trusted = polled;
    }

    /// True when there was an assignment, be it an empty one.
    boolean assigned() {
        return assigned;
    }

    /// The group was asked for news. To be said in every round.
    void polled() {
        long now = nanos.getAsLong();
        if (stoodStill(now)) {
            // That it was given up, it hears in one of the next rounds.
            trusted = now + STALE.toNanos();
        }
        polled = now;
    }

    /// A record that was begun.
    ///
    /// @param done to be run when it is done, on any thread
    /// @param again whether somebody else may have begun it too, asked when its answer is ready, on
    /// any thread: it was there before its partition was assigned, or the partition was taken away
    /// since
    record Begun(Runnable done, BooleanSupplier again) {}

    /// Begins a record.
    Begun begin(ConsumerRecord<?, ?> record) {
        Assignment assignment = partitions.computeIfAbsent(
                new TopicPartition(record.topic(), record.partition()), _ -> new Assignment(Long.MAX_VALUE));
        Runnable done = assignment.progress.begin(record.offset());
        boolean wasThere = record.offset() < assignment.end;
        return new Begun(done, () -> wasThere || assignment.lost || doubtful(nanos.getAsLong()));
    }

    private boolean doubtful(long now) {
        return stoodStill(now) || now - trusted < 0;
    }

    private boolean stoodStill(long now) {
        return now - polled > STALE.toNanos();
    }

    /// Commits what is done.
    void commit() {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        partitions.forEach((partition, assignment) ->
                assignment.progress.advance().ifPresent(next -> offsets.put(partition, new OffsetAndMetadata(next))));
        if (!offsets.isEmpty()) {
            consumer.commitSync(offsets, patience);
        }
    }

    /// The consumer is about to be closed, and its partitions go to others at once. Commits what is
    /// done: what fails comes again.
    void leave() {
        lose(partitions.keySet());
        commitQuietly();
    }

    private void commitQuietly() {
        try {
            commit();
        } catch (KafkaException e) {
            log.atInfo().addKeyValue("cause", e.getMessage()).log("last commit failed, commands will be read again");
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> added) {
        consumer.endOffsets(added, patience)
                .forEach((partition, end) -> partitions.put(partition, new Assignment(end)));
        assigned = true;
    }

    /// Before it waits, and not after: an answer that is being written when the wait is over may
    /// reach Kafka later than that of whoever has the partition then.
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> removed) {
        lose(removed);
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
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> lost) {
        lose(lost);
        lost.forEach(partitions::remove);
    }

    private void lose(Collection<TopicPartition> gone) {
        for (TopicPartition partition : gone) {
            Assignment assignment = partitions.get(partition);
            if (assignment != null) {
                assignment.lost = true;
            }
        }
    }

    private boolean idle(Collection<TopicPartition> removed) {
        for (TopicPartition partition : removed) {
            Assignment assignment = partitions.get(partition);
            if (assignment != null && !assignment.progress.idle()) {
                return false;
            }
        }
        return true;
    }
}
