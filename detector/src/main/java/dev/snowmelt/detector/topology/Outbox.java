package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.VerdictRecord;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// What the topology writes, by sink.
final class Outbox {
    static final String VERDICTS = "write-verdicts";
    static final String EVIDENCE = "write-evidence";
    static final String DEAD_LETTERS = "write-dead-letters";

    private final ProcessorContext<byte[], byte[]> context;

    Outbox(ProcessorContext<byte[], byte[]> context) {
        this.context = context;
    }

    /// @param key of a `SubjectKey`
    /// @param verdict null: a tombstone
    void verdict(byte[] key, @Nullable VerdictRecord verdict, Origin origin) {
        context.forward(
                new Record<>(key, verdict == null ? null : verdict.toByteArray(), origin.timestampMillis()), VERDICTS);
    }

    void evidence(byte[] workload, Evidence evidence, Origin origin) {
        context.forward(new Record<>(workload, evidence.toByteArray(), origin.timestampMillis()), EVIDENCE);
    }

    void deadLetter(DeadLetter letter, long timestampMillis) {
        context.forward(
                new Record<>(letter.key(), letter.value(), timestampMillis, letter.headers()), DEAD_LETTERS);
    }
}
