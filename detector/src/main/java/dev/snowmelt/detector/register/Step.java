package dev.snowmelt.detector.register;

import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.QueuedProposal;
import org.jspecify.annotations.Nullable;

/// What a processor of the registrar passes on; each goes to a topic of its own.
sealed interface Step {
    /// A valid proposal, to where its subject is decided.
    record Queue(String subject, QueuedProposal proposal) implements Step {}

    /// An answer, to whom it may concern.
    record Reply(RecordId proposal, Answer answer) implements Step {}

    /// An unreadable record.
    record Bury(DeadLetter letter) implements Step {}

    /// A declaration takes force; null: it was removed.
    record PutDeclaration(WorkloadId workload, @Nullable Declaration declaration) implements Step {}

    /// An override takes force; null: it ended.
    record PutOverride(OverrideKey key, @Nullable Override override) implements Step {}
}
