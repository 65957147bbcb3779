package dev.snowmelt.detector.register;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Ledger;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.QueuedProposal;
import dev.snowmelt.v1.Withdrawal;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/// Decides about valid proposals, one after the other for each subject, and says what takes force.
final class DecideProposal extends ContextualProcessor<String, QueuedProposal, Void, Step> {
    static final String LEDGERS = "ledgers";
    static final String OVERRIDES = "overrides";

    private final RegistrarMetrics metrics;
    private @Nullable KeyValueStore<String, Ledger> ledgers;
    private @Nullable KeyValueStore<String, Override> overrides;

    DecideProposal(RegistrarMetrics metrics) {
        this.metrics = metrics;
    }

    @java.lang.Override
    public void init(ProcessorContext<Void, Step> context) {
        super.init(context);
        ledgers = context.getStateStore(LEDGERS);
        overrides = context.getStateStore(OVERRIDES);
    }

    @java.lang.Override
    public void process(Record<String, QueuedProposal> record) {
        QueuedProposal queued = record.value();
        Proposal proposal = queued.getProposal();
        Timestamp at = Timestamps.fromMillis(record.timestamp());
        Answer answer = switch (proposal.getChangeCase()) {
            case OVERRIDE -> override(record, withDefaults(proposal, at));
            case WITHDRAWAL -> withdraw(record, proposal.getWithdrawal());
            case DECLARE, ROLLBACK, REMOVAL, RESOLUTION -> declare(record, proposal, at);
            case CHANGE_NOT_SET -> throw new IllegalStateException("a proposal of nothing is refused before");
        };
        count(answer);
        forward(record, new Step.Reply(RecordId.parse(queued.getId()), answer));
    }

    private Answer declare(Record<String, QueuedProposal> record, Proposal proposal, Timestamp at) {
        KeyValueStore<String, Ledger> store = store(ledgers);
        String id = record.value().getId();
        String workload = record.key();
        Ledger known = store.get(workload);
        Decision decision = Ledgers.decide(known == null ? Ledger.getDefaultInstance() : known, proposal, at);
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

    private Answer override(Record<String, QueuedProposal> record, Override override) {
        var key = key(override.getTarget(), override.getKind(), override.getSubject());
        boolean unchanged = standing(override.getKind())
                && sameBut(override, store(overrides).get(key.toString()));
        if (!unchanged) {
            put(record, key, override);
        }
        boolean ended = override.getKind() == Kind.RESUME
                && end(record, key(override.getTarget(), Kind.PAUSE, override.getSubject()));
        return Answers.accepted(
                record.value().getId(), override.getSubject(), 0, unchanged && !ended, override.getAt());
    }

    private Answer withdraw(Record<String, QueuedProposal> record, Withdrawal withdrawal) {
        boolean ended = end(record, key(withdrawal.getTarget(), withdrawal.getKind(), withdrawal.getSubject()));
        return Answers.accepted(
                record.value().getId(), withdrawal.getSubject(), 0, !ended, Timestamps.fromMillis(record.timestamp()));
    }

    /// Kinds that mean the same however often they are said. The others lift or cover what came
    /// before they were said, so saying them again means more.
    private static boolean standing(Kind kind) {
        return switch (kind) {
            case EXEMPTION, PAUSE, ALERT_GATE -> true;
            case APPROVAL, RESUME, SUSPENSION, KIND_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private static boolean sameBut(Override proposed, @Nullable Override known) {
        return known != null
                && known.toBuilder()
                        .clearAt()
                        .build()
                        .equals(proposed.toBuilder().clearAt().build());
    }

    private static Override withDefaults(Proposal proposal, Timestamp at) {
        Override.Builder override = proposal.getOverride().toBuilder().setAt(at);
        if (override.getBy().isEmpty()) {
            override.setBy(proposal.getBy());
        }
        if (override.getReason().isEmpty()) {
            override.setReason(proposal.getReason());
        }
        return override.build();
    }

    private boolean end(Record<String, QueuedProposal> record, OverrideKey key) {
        boolean known = store(overrides).get(key.toString()) != null;
        if (known) {
            put(record, key, null);
        }
        return known;
    }

    private void put(Record<String, QueuedProposal> record, OverrideKey key, @Nullable Override override) {
        store(overrides).put(key.toString(), override);
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

    private static <V> KeyValueStore<String, V> store(@Nullable KeyValueStore<String, V> store) {
        if (store == null) {
            throw new IllegalStateException("the processor has not been initialised");
        }
        return store;
    }
}
