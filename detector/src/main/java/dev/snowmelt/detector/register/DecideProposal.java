package dev.snowmelt.detector.register;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.CheckedSignature;
import dev.snowmelt.v1.DecidedSignature;
import dev.snowmelt.v1.Ledger;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.QueuedProposal;
import dev.snowmelt.v1.Withdrawal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Decides about valid proposals, one after the other for each subject, and says what takes force.
///
/// Where signatures are checked each counts once. That is decided here: all copies of a proposal
/// have its subject, so they meet here, wherever they were written.
final class DecideProposal extends ContextualProcessor<String, QueuedProposal, Void, Step> {
    static final String LEDGERS = "ledgers";
    static final String OVERRIDES = "overrides";
    static final String SIGNATURES = "signatures";
    private static final Duration FORGET_EVERY = Duration.ofMinutes(1);

    private final boolean checked;
    private final UntrustedProposals untrusted;
    private final RegistrarMetrics metrics;
    private @Nullable KeyValueStore<String, Ledger> ledgers;
    private @Nullable KeyValueStore<String, Override> overrides;
    private @Nullable SignatureMemory memory;
    private @Nullable Cancellable forget;

    DecideProposal(String topic, TrustedKeys trusted, RegistrarMetrics metrics) {
        this.checked = !trusted.isEmpty();
        this.untrusted = new UntrustedProposals(topic, metrics);
        this.metrics = metrics;
    }

    @java.lang.Override
    public void init(ProcessorContext<Void, Step> context) {
        super.init(context);
        ledgers = context.getStateStore(LEDGERS);
        overrides = context.getStateStore(OVERRIDES);
        KeyValueStore<String, DecidedSignature> signatures = context.getStateStore(SIGNATURES);
        var remembered = new SignatureMemory(signatures);
        memory = remembered;
        // Streams revives a task in the same object and goes on with what was scheduled before.
        forget = context.schedule(FORGET_EVERY, PunctuationType.WALL_CLOCK_TIME, now -> {
            if (isCurrent(remembered)) {
                remembered.forget(Instant.ofEpochMilli(now));
            }
        });
    }

    @SuppressWarnings("ReferenceEquality") // what another life of this task remembered is not asked
    private boolean isCurrent(SignatureMemory remembered) {
        return memory == remembered;
    }

    @java.lang.Override
    public void close() {
        if (forget != null) {
            forget.cancel();
            forget = null;
        }
        memory = null;
    }

    @java.lang.Override
    public void process(Record<String, QueuedProposal> record) {
        QueuedProposal queued = record.value();
        Proposal proposal = queued.getProposal();
        if (queued.hasSignature()) {
            Instant now = Instant.ofEpochMilli(context().currentSystemTimeMs());
            Optional<Reading.Untrusted> spent = initialised(memory).remember(queued, now);
            if (spent.isPresent() && !ProposalReader.isFailSafe(proposal)) {
                refuse(record, spent.get(), now);
                return;
            }
            queued = spent.isPresent() ? queued.toBuilder().clearSignature().build() : queued;
        }
        Timestamp at = Timestamps.fromMillis(record.timestamp());
        Answer answer = switch (proposal.getChangeCase()) {
            case OVERRIDE -> override(record, withDefaults(queued, at));
            case WITHDRAWAL -> withdraw(record, proposal.getWithdrawal());
            case DECLARE, ROLLBACK, REMOVAL, RESOLUTION -> declare(record, proposal, at);
            case CHANGE_NOT_SET -> throw new IllegalStateException("a proposal of nothing is refused before");
        };
        count(answer);
        forward(record, new Step.Reply(RecordId.parse(queued.getId()), answer));
    }

    private void refuse(Record<String, QueuedProposal> record, Reading.Untrusted spent, Instant now) {
        CheckedSignature signature = record.value().getSignature();
        untrusted
                .refuse(
                        RecordId.parse(record.value().getId()),
                        signature.hasRecordKey() ? signature.getRecordKey().toByteArray() : null,
                        signature.getRecordValue().toByteArray(),
                        spent,
                        Instant.ofEpochMilli(record.timestamp()),
                        now)
                .forEach(step -> forward(record, step));
    }

    private Answer declare(Record<String, QueuedProposal> record, Proposal proposal, Timestamp at) {
        KeyValueStore<String, Ledger> store = initialised(ledgers);
        String id = record.value().getId();
        String workload = record.key();
        Ledger known = store.get(workload);
        Decision decision = Ledgers.decide(
                known == null ? Ledger.getDefaultInstance() : known,
                proposal,
                record.value().getSignature().getKey(),
                at);
        return switch (decision) {
            case Decision.Refuse refuse -> Answers.refused(id, refuse.problems(), at);
            case Decision.Unchanged unchanged -> Answers.accepted(id, workload, unchanged.revision(), true, at);
            case Decision.Accept accept -> {
                Ledger ledger = accept.ledger();
                store.put(workload, ledger);
                forward(
                        record,
                        new Step.PutDeclaration(
                                WorkloadId.parse(workload), ledger.hasDeclaration() ? ledger.getDeclaration() : null));
                yield Answers.accepted(id, workload, Ledgers.newest(ledger), false, at);
            }
        };
    }

    private Answer override(Record<String, QueuedProposal> record, Override proposed) {
        var key = key(proposed.getTarget(), proposed.getKind(), proposed.getSubject());
        Override known = initialised(overrides).get(key.toString());
        Override override = checked && known != null && proposed.getSignedBy().isEmpty()
                ? Overrides.notWeaker(proposed, known)
                : proposed;
        boolean unchanged = Overrides.standing(override.getKind()) && Overrides.sameBut(override, known);
        if (!unchanged) {
            put(record, key, override);
        }
        boolean ended = override.getKind() == Kind.RESUME
                && end(record, key(override.getTarget(), Kind.PAUSE, override.getSubject()));
        return Answers.accepted(
                record.value().getId(), override.getSubject(), 0, unchanged && !ended, proposed.getAt());
    }

    private Answer withdraw(Record<String, QueuedProposal> record, Withdrawal withdrawal) {
        boolean ended = end(record, key(withdrawal.getTarget(), withdrawal.getKind(), withdrawal.getSubject()));
        return Answers.accepted(
                record.value().getId(), withdrawal.getSubject(), 0, !ended, Timestamps.fromMillis(record.timestamp()));
    }

    /// What the registrar knows better than whoever proposes: when, and whose signature it bears.
    private static Override withDefaults(QueuedProposal queued, Timestamp at) {
        Proposal proposal = queued.getProposal();
        Override.Builder override = proposal.getOverride().toBuilder()
                .setAt(at)
                .setSignedBy(queued.getSignature().getKey());
        if (override.getBy().isEmpty()) {
            override.setBy(proposal.getBy());
        }
        if (override.getReason().isEmpty()) {
            override.setReason(proposal.getReason());
        }
        return override.build();
    }

    private boolean end(Record<String, QueuedProposal> record, OverrideKey key) {
        boolean known = initialised(overrides).get(key.toString()) != null;
        if (known) {
            put(record, key, null);
        }
        return known;
    }

    private void put(Record<String, QueuedProposal> record, OverrideKey key, @Nullable Override override) {
        initialised(overrides).put(key.toString(), override);
        forward(record, new Step.PutOverride(key, override));
    }

    private static OverrideKey key(String target, Kind kind, String subject) {
        return new OverrideKey(OverrideKey.target(target), kind, subject);
    }

    private void count(Answer answer) {
        if (answer.hasRefused()) {
            metrics.refused.increment();
        } else if (answer.getAccepted().getUnchanged()) {
            metrics.unchanged.increment();
        } else {
            metrics.accepted.increment();
        }
    }

    private void forward(Record<String, QueuedProposal> record, Step step) {
        context().forward(new Record<>(null, step, record.timestamp()));
    }

    private static <T> T initialised(@Nullable T field) {
        if (field == null) {
            throw new IllegalStateException("the processor has not been initialised");
        }
        return field;
    }
}
