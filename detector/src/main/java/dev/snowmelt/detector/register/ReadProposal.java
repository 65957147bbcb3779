package dev.snowmelt.detector.register;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.text.MessageReader;
import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.QueuedProposal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// Reads proposals and sorts out what is wrong whatever is declared now; needs no state, so any partition will do.
final class ReadProposal extends ContextualProcessor<byte[], byte[], Void, Step> {
    private final Topic<@Nullable String, Proposal> topic;
    private final RegistrarMetrics metrics;

    ReadProposal(Topic<@Nullable String, Proposal> topic, RegistrarMetrics metrics) {
        this.topic = topic;
        this.metrics = metrics;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata where = context()
                .recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a proposal comes from a topic"));
        var id = new RecordId(where.partition(), where.offset());
        byte @Nullable [] value = record.value();
        try {
            if (value == null) {
                throw new SerializationException("a proposal has a value");
            }
            pass(record, id, topic.valueSerde().deserializer().deserialize(topic.name(), value));
        } catch (SerializationException e) {
            metrics.deadLetters.increment();
            String error = String.valueOf(e.getMessage());
            forward(
                    record,
                    new Step.Bury(new DeadLetter(
                            where.topic(),
                            where.partition(),
                            where.offset(),
                            "registrar",
                            error,
                            record.key(),
                            value)));
            refuse(record, id, unreadable(value, error));
        }
    }

    private void pass(Record<byte[], byte[]> record, RecordId id, Proposal proposal) {
        List<Problem> problems = ProposalRules.problems(proposal, Instant.ofEpochMilli(record.timestamp()));
        if (problems.isEmpty()) {
            forward(
                    record,
                    new Step.Queue(
                            ProposalRules.subject(proposal),
                            QueuedProposal.newBuilder()
                                    .setId(id.toString())
                                    .setProposal(proposal)
                                    .build()));
        } else {
            refuse(record, id, problems);
        }
    }

    /// Whoever wrote JSON by hand is told every fault; Protobuf's own parser names the first alone.
    private static List<Problem> unreadable(byte @Nullable [] value, String error) {
        if (value != null && value.length > 0 && value[0] == '{') {
            String text = new String(value, StandardCharsets.UTF_8);
            for (var document : MessageReader.read(text, Proposal.getDefaultInstance())) {
                if (!document.problems().isEmpty()) {
                    return document.problems();
                }
            }
        }
        return List.of(Texts.problem("", error));
    }

    private void refuse(Record<byte[], byte[]> record, RecordId id, List<Problem> problems) {
        metrics.refused.increment();
        Timestamp at = Timestamps.fromMillis(record.timestamp());
        forward(record, new Step.Reply(id, Answers.refused(id.toString(), problems, at)));
    }

    private void forward(Record<byte[], byte[]> record, Step step) {
        context().forward(new Record<>(null, step, record.timestamp()));
    }
}
