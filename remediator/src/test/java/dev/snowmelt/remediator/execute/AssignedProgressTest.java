package dev.snowmelt.remediator.execute;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Of which records it may be claimed that nobody else began them, when partitions come and go.
class AssignedProgressTest {
    private static final TopicPartition ONE = new TopicPartition("commands", 0);
    private static final TopicPartition OTHER = new TopicPartition("commands", 1);

    private final MockConsumer<byte @Nullable [], byte @Nullable []> consumer = new MockConsumer<>("earliest");
    private final AtomicLong nanos = new AtomicLong();
    private final List<BooleanSupplier> askedWhileWaiting = new ArrayList<>();
    private final List<Boolean> answersWhileWaiting = new ArrayList<>();
    private final AssignedProgress progress =
            new AssignedProgress(consumer, Duration.ofMillis(30), this::closing, nanos::get);

    private boolean closing() {
        askedWhileWaiting.forEach(again -> answersWhileWaiting.add(again.getAsBoolean()));
        return false;
    }

    private void assign(TopicPartition partition, long end) {
        consumer.updateEndOffsets(Map.of(partition, end));
        progress.onPartitionsAssigned(List.of(partition));
    }

    private AssignedProgress.Begun begin(TopicPartition partition, long offset) {
        return progress.begin(new ConsumerRecord<>(partition.topic(), partition.partition(), offset, null, null));
    }

    private static boolean again(AssignedProgress.Begun begun) {
        return begun.again().getAsBoolean();
    }

    @Test
    void whatWasThereBeforeItsPartitionMayHaveBeenBegun() {
        assign(ONE, 10);

        assertThat(again(begin(ONE, 9))).isTrue();
        assertThat(again(begin(ONE, 10))).isFalse();
        assertThat(again(begin(OTHER, 0))).as("never assigned").isTrue();
    }

    @Test
    void whatIsUnderWayWhenItsPartitionIsTakenAwayMayBeBegunByOthers() {
        assign(ONE, 10);
        assign(OTHER, 0);
        AssignedProgress.Begun hangs = begin(ONE, 10);
        AssignedProgress.Begun stays = begin(OTHER, 0);
        askedWhileWaiting.add(hangs.again());

        progress.onPartitionsRevoked(List.of(ONE));

        assertThat(again(hangs)).isTrue();
        assertThat(again(stays)).isFalse();
        assertThat(answersWhileWaiting)
                .as("before others have it, since writing the answer takes time")
                .isNotEmpty()
                .doesNotContain(false);
    }

    @Test
    void whatIsUnderWayWhenItsPartitionIsLostMayBeBegunByOthers() {
        assign(ONE, 10);
        AssignedProgress.Begun hangs = begin(ONE, 10);

        progress.onPartitionsLost(List.of(ONE));

        assertThat(again(hangs)).isTrue();
    }

    @Test
    void whatIsUnderWayWhenTheGroupIsLeftMayBeBegunByOthers() {
        assign(ONE, 10);
        AssignedProgress.Begun hangs = begin(ONE, 10);

        progress.leave();

        assertThat(again(hangs)).isTrue();
    }

    @Test
    void aPartitionThatComesBackBeginsAnew() {
        assign(ONE, 10);
        AssignedProgress.Begun before = begin(ONE, 10);
        progress.onPartitionsLost(List.of(ONE));
        assign(ONE, 12);

        assertThat(again(before)).isTrue();
        assertThat(again(begin(ONE, 11))).isTrue();
        assertThat(again(begin(ONE, 12))).isFalse();
    }

    /// A process that was stopped: its answer may be ready before it hears that it was given up.
    @Test
    void whoHeardNothingOfTheGroupForLongCannotTell() {
        assign(ONE, 10);
        AssignedProgress.Begun hangs = begin(ONE, 10);
        nanos.addAndGet(Duration.ofSeconds(15).toNanos());

        assertThat(again(hangs)).isTrue();
        progress.polled();
        assertThat(again(hangs)).as("the next round may tell").isTrue();
        nanos.addAndGet(Duration.ofSeconds(5).toNanos());
        progress.polled();
        assertThat(again(hangs)).as("it was only slow").isFalse();
    }

    @Test
    void whatIsDoneIsCommittedWhenItsPartitionIsTakenAway() {
        consumer.assign(List.of(ONE));
        assign(ONE, 0);
        begin(ONE, 0).done().run();

        progress.onPartitionsRevoked(List.of(ONE));

        assertThat(consumer.committed(Set.of(ONE))).containsEntry(ONE, new OffsetAndMetadata(1));
    }
}
