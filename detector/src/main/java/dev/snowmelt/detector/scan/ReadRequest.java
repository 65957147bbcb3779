package dev.snowmelt.detector.scan;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.text.MessageReader;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.v1.Problem;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import dev.snowmelt.v1.ScanState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;

/// Reads requests on whatever partition they lie. What cannot be answered gets its report here:
/// whoever waits for it is told why.
final class ReadRequest extends ContextualProcessor<byte[], byte[], Void, Step> {
    static final String STAGE = "scanner";

    private final Topic<@Nullable String, ScanRequest> topic;
    private final ScannerMetrics metrics;

    ReadRequest(Topic<@Nullable String, ScanRequest> topic, ScannerMetrics metrics) {
        this.topic = topic;
        this.metrics = metrics;
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata where =
                context().recordMetadata().orElseThrow(() -> new IllegalStateException("a request comes from a topic"));
        var id = new RecordId(where.partition(), where.offset());
        byte @Nullable [] value = record.value();
        try {
            if (value == null) {
                throw new SerializationException("a request has a value");
            }
            pass(record, id, topic.valueSerde().deserializer().deserialize(topic.name(), value));
        } catch (SerializationException e) {
            metrics.deadLetters.increment();
            String error = String.valueOf(e.getMessage());
            forward(
                    record,
                    new Step.Bury(new DeadLetter(
                            where.topic(), where.partition(), where.offset(), STAGE, error, record.key(), value)));
            refuse(record, id, null, unreadable(value, error));
        }
    }

    private void pass(Record<byte[], byte[]> record, RecordId id, ScanRequest request) {
        switch (ScanRules.check(id, request, Instant.ofEpochMilli(record.timestamp()))) {
            case ScanRules.Outcome.Refused(List<String> problems) -> refuse(record, id, request, problems);
            case ScanRules.Outcome.Good(Scan scan) -> {
                if (scan.deadline().toEpochMilli() <= context().currentSystemTimeMs()) {
                    refuse(
                            record,
                            id,
                            request,
                            List.of("the deadline " + scan.deadline()
                                    + " had passed when the request was read: scan again"));
                    return;
                }
                forward(
                        record,
                        new Step.Queue(ScanState.newBuilder()
                                .setId(id.toString())
                                .setRequest(request)
                                .setAsked(Timestamps.fromMillis(record.timestamp()))
                                .setDeadline(
                                        Timestamps.fromMillis(scan.deadline().toEpochMilli()))
                                .build()));
            }
        }
    }

    /// Whoever wrote JSON by hand is told every fault; Protobuf's own parser names the first alone.
    private static List<String> unreadable(byte @Nullable [] value, String error) {
        if (value != null && value.length > 0 && value[0] == '{') {
            String text = new String(value, StandardCharsets.UTF_8);
            for (var document : MessageReader.read(text, ScanRequest.getDefaultInstance())) {
                if (!document.problems().isEmpty()) {
                    return document.problems().stream()
                            .map(ReadRequest::sentence)
                            .toList();
                }
            }
        }
        return List.of(error);
    }

    private static String sentence(Problem problem) {
        return problem.getPath().isEmpty() ? problem.getMessage() : problem.getPath() + ": " + problem.getMessage();
    }

    private void refuse(
            Record<byte[], byte[]> record, RecordId id, @Nullable ScanRequest request, List<String> problems) {
        Timestamp asked = Timestamps.fromMillis(record.timestamp());
        var report = ScanReport.newBuilder()
                .setScan(id.toString())
                .setResult(ScanReport.Result.INCOMPLETE)
                .setStarted(asked)
                .setFinished(Timestamps.fromMillis(context().currentSystemTimeMs()))
                .addAllProblems(Sentences.bounded(problems));
        if (request != null) {
            report.setRequest(request);
        }
        metrics.reported(report.build());
        forward(record, new Step.Report(id, report.build()));
    }

    private void forward(Record<byte[], byte[]> record, Step step) {
        context().forward(new Record<>(null, step, record.timestamp()));
    }
}
