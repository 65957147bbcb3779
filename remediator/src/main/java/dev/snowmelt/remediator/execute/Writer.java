package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.Outcome;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes outcomes and dead letters and waits until they are acknowledged. What an outcome tells
/// has happened, so that there is no giving up but the end of the process: then the command is not
/// committed and is looked at again.
final class Writer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Writer.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Topics topics;
    private final Producer<byte @Nullable [], byte @Nullable []> producer;
    private volatile String problem = "";

    Writer(Topics topics, Producer<byte @Nullable [], byte @Nullable []> producer) {
        this.topics = topics;
        this.producer = producer;
    }

    /// @param outcome asked for each time that it is sent, because what may be claimed changes
    /// while Kafka cannot be reached
    /// @param way header of the way that it belongs to; null: of none
    /// @throws InterruptedException when the executor stops before it is acknowledged
    void outcome(WorkloadId workload, Supplier<Outcome> outcome, byte @Nullable [] way) throws InterruptedException {
        Topic<WorkloadId, Outcome> topic = topics.outcomes();
        write(topic.name(), () -> {
            var record = new ProducerRecord<byte @Nullable [], byte @Nullable []>(
                    topic.name(),
                    topic.partitionOf(workload),
                    topic.keySerde().serializer().serialize(topic.name(), workload),
                    topic.valueSerde().serializer().serialize(topic.name(), outcome.get()));
            if (way != null) {
                record.headers().add(Tracing.HEADER, way);
            }
            return record;
        });
    }

    /// @throws InterruptedException when the executor stops before it is acknowledged
    void deadLetter(DeadLetter letter) throws InterruptedException {
        write(topics.deadLetters().name(), () -> letter.record(topics.deadLetters()));
    }

    /// Why writing fails at the moment; empty when it does not.
    String problem() {
        return problem;
    }

    private void write(String topic, Supplier<ProducerRecord<byte @Nullable [], byte @Nullable []>> record)
            throws InterruptedException {
        while (true) {
            try {
                var _ = producer.send(record.get()).get();
                problem = "";
                return;
            } catch (ExecutionException e) {
                failed(topic, e.getCause() == null ? e : e.getCause());
            } catch (org.apache.kafka.common.errors.InterruptException _) {
                throw new InterruptedException("stopped while writing to " + topic);
            } catch (KafkaException e) {
                failed(topic, e);
            }
            Thread.sleep(PAUSE);
        }
    }

    private void failed(String topic, Throwable why) {
        if (problem.isEmpty()) {
            log.atWarn()
                    .addKeyValue("topic", topic)
                    .addKeyValue("cause", why.getMessage())
                    .log("cannot write");
        }
        problem = "cannot write to " + topic + ": " + why.getMessage();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(2));
    }
}
