package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.trace.Tracing;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// What the topology writes, by sink.
final class Outbox {
    static final String VERDICTS = "write-verdicts";
    static final String EVIDENCE = "write-evidence";
    static final String TALLIES = "write-tallies";
    static final String DEAD_LETTERS = "write-dead-letters";

    /// A declaration or a template may judge thousands anew: so many have a step of their own, the
    /// others only know which way led to them.
    private static final int MOST_STEPS = 32;

    private final ProcessorContext<byte[], byte @Nullable []> context;
    private final Tracing tracing;
    private byte @Nullable [] cause;
    private long causedAt;
    private int steps;

    Outbox(ProcessorContext<byte[], byte @Nullable []> context) {
        this.context = context;
        this.tracing = Tracing.of(context.appConfigs());
    }

    /// What is told from now on is told because of a record.
    ///
    /// @param headers of that record; null: because of none
    /// @param timestampMillis when the broker took it
    void because(@Nullable Headers headers, long timestampMillis) {
        cause = headers == null ? null : Tracing.header(headers);
        causedAt = timestampMillis;
        steps = 0;
    }

    /// @param key of a `SubjectKey`
    /// @param verdict a `VerdictRecord`; null: a tombstone
    void verdict(byte[] key, byte @Nullable [] verdict, long timestampMillis) {
        byte[] way = cause;
        var record = new Record<>(key, verdict, timestampMillis);
        context.forward(way == null ? record : record.withHeaders(judged(way, key)), VERDICTS);
    }

    /// The same of what was found before: it is no new step, but the way goes on.
    void again(byte[] key, byte @Nullable [] verdict, long timestampMillis) {
        byte[] way = cause;
        var record = new Record<>(key, verdict, timestampMillis);
        context.forward(way == null ? record : record.withHeaders(carried(way)), VERDICTS);
    }

    private static Headers carried(byte[] way) {
        return new RecordHeaders().add(Tracing.HEADER, way);
    }

    private Headers judged(byte[] way, byte[] key) {
        Tracing.Step step = steps++ < MOST_STEPS
                ? tracing.begin(
                        "judge", way, Instant.ofEpochMilli(causedAt), Map.of("snowmelt.subject", Keys.text(key)))
                : null;
        if (step == null) {
            return carried(way);
        }
        step.end(Instant.ofEpochMilli(context.currentSystemTimeMs()));
        return carried(step.header());
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
