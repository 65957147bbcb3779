package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.DeadLetter;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// What the topology writes, by sink.
final class Outbox {
    static final String VERDICTS = "write-verdicts";
    static final String EVIDENCE = "write-evidence";
    static final String TALLIES = "write-tallies";
    static final String DEAD_LETTERS = "write-dead-letters";

    private final ProcessorContext<byte[], byte @Nullable []> context;

    Outbox(ProcessorContext<byte[], byte @Nullable []> context) {
        this.context = context;
    }

    /// @param key of a `SubjectKey`
    /// @param verdict a `VerdictRecord`; null: a tombstone
    void verdict(byte[] key, byte @Nullable [] verdict, long timestampMillis) {
        context.forward(new Record<>(key, verdict, timestampMillis), VERDICTS);
    }

    /// @param evidence an `Evidence`
    void evidence(byte[] workload, byte[] evidence, long timestampMillis) {
        context.forward(new Record<>(workload, evidence, timestampMillis), EVIDENCE);
    }

    /// @param scan id of the scan
    /// @param tally a `ScanTally`
    void tally(byte[] scan, byte[] tally, long timestampMillis) {
        context.forward(new Record<>(scan, tally, timestampMillis), TALLIES);
    }

    void deadLetter(DeadLetter letter, long timestampMillis) {
        context.forward(new Record<>(letter.key(), letter.value(), timestampMillis, letter.headers()), DEAD_LETTERS);
    }
}
