package dev.snowmelt.detector.topology;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the brokers where topics end. A task cannot start without the answer, so it waits as long
/// as Streams waits elsewhere (`task.timeout.ms`): to fail sooner would spend the role's
/// replacements of threads on an outage that passes.
final class TopicEnds implements EndOffsets {
    private static final Logger LOG = LoggerFactory.getLogger(TopicEnds.class);
    private static final int ASK_MILLIS = 5_000;
    private static final long PAUSE_MILLIS = 250;

    private final Admin admin;
    private final Duration within;
    private final BooleanSupplier closing;

    /// @param within how long it asks again
    /// @param closing true: nobody waits for the answer any more
    TopicEnds(Admin admin, Duration within, BooleanSupplier closing) {
        this.admin = admin;
        this.within = within;
        this.closing = closing;
    }

    /// One question.
    interface Question<T> {
        KafkaFuture<T> ask();
    }

    @Override
    public long of(TopicPartition partition) {
        return answer(
                "the end of " + partition,
                () -> admin.listOffsets(
                                Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions().timeoutMs(ASK_MILLIS))
                        .partitionResult(partition)
                        .thenApply(found -> found.offset()));
    }

    /// Below which every transaction is committed or aborted (the last stable offset).
    long decided(TopicPartition partition) {
        return answer(
                "the last stable offset of " + partition,
                () -> admin.listOffsets(
                                Map.of(partition, OffsetSpec.latest()),
                                new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs(ASK_MILLIS))
                        .partitionResult(partition)
                        .thenApply(found -> found.offset()));
    }

    @Override
    public String topicId(String topic) {
        return answer(
                "the id of " + topic,
                () -> admin.describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs(ASK_MILLIS))
                        .allTopicNames()
                        .thenApply(all ->
                                String.valueOf(all.values().iterator().next().topicId())));
    }

    /// @throws KafkaException when there is no answer in time, or never will be
    <T> T answer(String what, Question<T> question) {
        long started = System.nanoTime();
        for (boolean first = true; ; first = false) {
            try {
                return question.ask().get();
            } catch (InterruptedException e) {
                throw interrupted(what, e);
            } catch (ExecutionException e) {
                boolean again = e.getCause() instanceof RetriableException
                        && System.nanoTime() - started < within.toNanos()
                        && !closing.getAsBoolean();
                if (!again) {
                    throw new KafkaException(what + " cannot be told", e);
                }
                if (first) {
                    LOG.atWarn()
                            .addKeyValue("question", what)
                            .addKeyValue("error", String.valueOf(e.getCause()))
                            .log("the brokers do not answer; asking again");
                }
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                throw interrupted(what, e);
            }
        }
    }

    private static KafkaException interrupted(String what, InterruptedException e) {
        Thread.currentThread().interrupt();
        return new KafkaException("interrupted while asking for " + what, e);
    }
}
