package dev.snowmelt.remediator.topology;

import dev.snowmelt.remediator.plan.Outbox;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Remediation;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/// What one task writes, by sink.
final class TopicOutbox implements Outbox {
    static final String COMMANDS = "write-commands";
    static final String REMEDIATIONS = "write-remediations";
    static final String EVIDENCE = "write-evidence";
    static final String PROPOSALS = "write-proposals";
    static final String DEAD_LETTERS = "write-dead-letters";

    private final Topics topics;
    private final ProcessorContext<Object, @Nullable Object> context;
    private final TaskMetrics metrics;

    TopicOutbox(Topics topics, ProcessorContext<Object, @Nullable Object> context, TaskMetrics metrics) {
        this.topics = topics;
        this.context = context;
        this.metrics = metrics;
    }

    @Override
    public void command(WorkloadId workload, Command command) {
        send(workload, command, COMMANDS);
    }

    @Override
    public void remediation(SubjectKey key, @Nullable Remediation before, @Nullable Remediation after) {
        metrics.moved(before, after);
        send(key, after, REMEDIATIONS);
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

    Topics topics() {
        return topics;
    }
}
