package dev.snowmelt.detector.register;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.text.Texts;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.QueuedProposal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// Reads proposals and sorts out what is wrong whatever is declared now; needs no state, so any
/// partition will do.
final class ReadProposal extends ContextualProcessor<byte[], byte[], Void, Step> {
    private final ProposalReader reader;
    private final UntrustedProposals untrusted;
    private final RegistrarMetrics metrics;

    ReadProposal(Topic<@Nullable String, Proposal> topic, TrustedKeys trusted, RegistrarMetrics metrics) {
        this.reader = new ProposalReader(topic, trusted);
        this.untrusted = new UntrustedProposals(topic.name(), metrics);
        this.metrics = metrics;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata where = context()
                .recordMetadata()
                .orElseThrow(() -> new IllegalStateException("a proposal comes from a topic"));
        var id = new RecordId(where.partition(), where.offset());
        Instant written = Instant.ofEpochMilli(record.timestamp());
        Instant now = Instant.ofEpochMilli(context().currentSystemTimeMs());
        // A suspension from the year 2100 could not be lifted before.
        Instant at = written.isAfter(now.plus(ProposalReader.CLOCKS)) ? now : written;
        byte @Nullable [] value = record.value();
        switch (reader.read(record.key(), value, written, now)) {
            case Reading.Proposed proposed -> pass(id, proposed, at, now);
            case Reading.Unreadable unreadable -> {
                metrics.deadLetters.increment();
                forward(
                        at,
                        new Step.Bury(new DeadLetter(
                                where.topic(),
                                where.partition(),
                                where.offset(),
                                "registrar",
                                unreadable.error(),
                                record.key(),
                                value)));
                refuse(id, unreadable.problems(), at);
            }
            case Reading.Untrusted distrusted ->
                untrusted.refuse(id, record.key(), value, distrusted, at, now).forEach(step -> forward(at, step));
        }
    }

    private void pass(RecordId id, Reading.Proposed proposed, Instant at, Instant now) {
        Proposal proposal = proposed.proposal();
        List<Problem> problems = new ArrayList<>(ProposalRules.problems(proposal, at));
        boolean expires = proposal.hasExpiresAt() && Timestamps.isValid(proposal.getExpiresAt());
        if (expires && !ProposalReader.expires(proposal).isAfter(now) && !ProposalReader.isFailSafe(proposal)) {
            problems.add(Texts.problem("expiresAt", ProposalReader.expired(ProposalReader.expires(proposal), now)));
        }
        if (problems.isEmpty()) {
            var queued = QueuedProposal.newBuilder().setId(id.toString()).setProposal(proposal);
            proposed.signature().ifPresent(queued::setSignature);
            forward(at, new Step.Queue(ProposalRules.subject(proposal), queued.build()));
        } else {
            refuse(id, problems, at);
        }
    }

    private void refuse(RecordId id, List<Problem> problems, Instant at) {
        metrics.refused.increment();
        Timestamp time = Timestamps.fromMillis(at.toEpochMilli());
        forward(at, new Step.Reply(id, Answers.refused(id.toString(), problems, time)));
    }

    private void forward(Instant at, Step step) {
        context().forward(new Record<>(null, step, at.toEpochMilli()));
    }
}
