package dev.snowmelt.detector.scan;

import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.ScanTally;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/// Reads what the detector counted.
final class ReadTally extends ContextualProcessor<byte[], byte[], Void, Step> {
    private final Topic<RecordId, ScanTally> topic;
    private final ScannerMetrics metrics;

    ReadTally(Topic<RecordId, ScanTally> topic, ScannerMetrics metrics) {
        this.topic = topic;
        this.metrics = metrics;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Step step;
        try {
            ScanTally tally = topic.valueSerde().deserializer().deserialize(topic.name(), record.value());
            if (tally == null) {
                throw new SerializationException("a tally has a value");
            }
            var _ = RecordId.parse(tally.getScan());
            var _ = TargetId.parse(tally.getTarget());
            step = new Step.Counted(tally);
        } catch (SerializationException | MalformedIdException e) {
            metrics.deadLetters.increment();
            RecordMetadata where = context()
                    .recordMetadata()
                    .orElseThrow(() -> new IllegalStateException("a tally comes from a topic"));
            step = new Step.Bury(new DeadLetter(
                    where.topic(),
                    where.partition(),
                    where.offset(),
                    ReadRequest.STAGE,
                    String.valueOf(e.getMessage()),
                    record.key(),
                    record.value()));
        }
        context().forward(new Record<>(null, step, record.timestamp()));
    }
}
