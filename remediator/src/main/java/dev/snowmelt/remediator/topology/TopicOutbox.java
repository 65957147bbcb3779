package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.plan.Outbox;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// What one task writes, by sink.
final class TopicOutbox implements Outbox {
    static final String COMMANDS = "write-commands";
    static final String REMEDIATIONS = "write-remediations";
    static final String EVIDENCE = "write-evidence";
    static final String PROPOSALS = "write-proposals";
    static final String DEAD_LETTERS = "write-dead-letters";

    private static final Logger LOG = LoggerFactory.getLogger(TopicOutbox.class);

    private final ProcessorContext<Object, @Nullable Object> context;
    private final TaskMetrics metrics;
    private final Ways ways;

    TopicOutbox(ProcessorContext<Object, @Nullable Object> context, TaskMetrics metrics) {
        this.context = context;
        this.metrics = metrics;
        this.ways = new Ways(Tracing.of(context.appConfigs()));
    }

    @Override
    public void command(WorkloadId workload, Command command) {
        byte[] way = ways.planned(workload, command, now());
        var record = new Record<Object, @Nullable Object>(workload, command, context.currentSystemTimeMs());
        context.forward(
                way == null ? record : record.withHeaders(new RecordHeaders().add(Tracing.HEADER, way)), COMMANDS);
    }

    /// A verdict came; what it leads to is part of its way.
    void judged(SubjectKey key, @Nullable VerdictRecord verdict, Headers headers) {
        ways.judged(key, verdict == null ? null : verdict.getInstance(), headers, now());
    }

    private Instant now() {
        return Instant.ofEpochMilli(context.currentSystemTimeMs());
    }

    @Override
    public void remediation(SubjectKey key, @Nullable Remediation before, @Nullable Remediation after) {
        metrics.moved(key.target(), before, after);
        ways.moved(key, after, now());
        if (after != null && (before == null || before.getPhase() != after.getPhase())) {
            log(after);
        }
        send(key, after, REMEDIATIONS);
    }

    private static void log(Remediation remediation) {
        switch (remediation.getPhase()) {
            case ISSUED, TERMINATED, REPLACED, RETIRED -> log(LOG.atInfo(), remediation);
            case STUCK, FAILED -> log(LOG.atWarn(), remediation);
            case HELD, BLOCKED, RESOLVED, PHASE_UNSPECIFIED, UNRECOGNIZED -> log(LOG.atDebug(), remediation);
        }
    }

    private static void log(LoggingEventBuilder event, Remediation remediation) {
        event.addKeyValue("workload", remediation.getWorkload())
                .addKeyValue("instance", remediation.getInstance())
                .addKeyValue("phase", remediation.getPhase())
                .addKeyValue("detail", remediation.getDetail())
                .log("remediation");
    }

    @Override
    public void evidence(WorkloadId workload, Evidence evidence) {
        send(workload, evidence, EVIDENCE);
    }

    /// The key keeps a suspension and its withdrawal in order.
    @Override
    public void proposal(TargetId about, Proposal proposal) {
        send(about.toString(), proposal, PROPOSALS);
    }

    void deadLetter(DeadLetter letter) {
        metrics.deadLetter();
        context.forward(
                new Record<>(
                        letter.key() == null ? new byte[0] : letter.key(),
                        letter.value(),
                        context.currentSystemTimeMs(),
                        letter.headers()),
                DEAD_LETTERS);
    }

    /// Headers of what came in are not those of what goes out.
    private void send(Object key, @Nullable Object value, String sink) {
        context.forward(new Record<>(key, value, context.currentSystemTimeMs()), sink);
    }
}
