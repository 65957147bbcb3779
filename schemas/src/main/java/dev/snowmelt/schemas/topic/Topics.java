package dev.snowmelt.schemas.topic;

import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_COMPACT;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.CLEANUP_POLICY_DELETE;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.RETENTION_MS_CONFIG;

import com.google.protobuf.Message;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.Outcome;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.VerdictRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/// The one list of Snowmelt's topics. Every topic has the same number of partitions, so that what
/// is partitioned by workload (or by target) meets in one task.
public final class Topics {
    /// Prefix of topic names unless configured otherwise.
    public static final String DEFAULT_PREFIX = "snowmelt.";
    /// Partitions of every topic unless configured otherwise.
    public static final int DEFAULT_PARTITIONS = 12;
    /// Bytes of the largest dead letter, tally, report, verdict or evidence: 2 MiB. Whoever writes
    /// those needs it as `max.request.size`.
    public static final int LARGEST_RECORD = 2 * 1024 * 1024;

    private final Topic<@Nullable String, Proposal> proposals;
    private final Topic<RecordId, Answer> answers;
    private final Topic<WorkloadId, Declaration> declarations;
    private final Topic<WorkloadId, Observation> observations;
    private final Topic<SubjectKey, VerdictRecord> verdicts;
    private final Topic<OverrideKey, Override> overrides;
    private final Topic<WorkloadId, Command> commands;
    private final Topic<WorkloadId, Outcome> outcomes;
    private final Topic<SubjectKey, Remediation> remediations;
    private final Topic<@Nullable String, ScanRequest> scanRequests;
    private final Topic<RecordId, ScanTally> scanTallies;
    private final Topic<RecordId, ScanReport> scanReports;
    private final Topic<String, CollectorStatus> collectors;
    private final Topic<WorkloadId, Evidence> evidence;
    private final Topic<byte[], byte[]> deadLetters;
    private final int partitions;
    private final String prefix;

    /// @param prefix what every name begins with, for example `snowmelt.`
    /// @param partitions partitions of every topic, 1 or more
    public Topics(String prefix, int partitions) {
        if (partitions < 1) {
            throw new IllegalArgumentException("a topic has at least 1 partition, not " + partitions);
        }
        this.partitions = partitions;
        this.prefix = prefix;
        var make = new Object() {
            <K, M extends Message> Topic<K, M> topic(
                    String name,
                    Serde<K> key,
                    M prototype,
                    @Nullable Function<K, String> by,
                    Map<String, String> settings) {
                return new Topic<>(prefix + name, partitions, key, Serdes.message(prototype), by, settings);
            }
        };
        Serde<WorkloadId> workload = Serdes.key(WorkloadId::parse);
        Serde<SubjectKey> subject = Serdes.key(SubjectKey::parse);
        Serde<RecordId> recordId = Serdes.key(RecordId::parse);
        Serde<String> text = Serdes.key(Function.identity());
        Function<WorkloadId, String> byWorkload = WorkloadId::toString;
        Function<WorkloadId, String> byWorkloadsTarget = id -> id.target().toString();
        Function<SubjectKey, String> bySubjectsTarget = key -> key.target().toString();

        proposals = make.topic("proposals", text, Proposal.getDefaultInstance(), null, kept(Duration.ofDays(7)));
        answers = make.topic(
                "answers", recordId, Answer.getDefaultInstance(), RecordId::toString, kept(Duration.ofDays(7)));
        declarations = make.topic("declarations", workload, Declaration.getDefaultInstance(), byWorkload, compacted());
        observations = make.topic(
                "observations",
                workload,
                Observation.getDefaultInstance(),
                byWorkload,
                logAppendTime(Duration.ofHours(24)));
        verdicts = make.topic(
                "verdicts", subject, VerdictRecord.getDefaultInstance(), bySubjectsTarget, larger(compacted()));
        overrides = make.topic(
                "overrides",
                Serdes.key(OverrideKey::parse),
                Override.getDefaultInstance(),
                key -> key.target().map(Object::toString).orElse(OverrideKey.EVERY_TARGET),
                compacted());
        commands = make.topic(
                "commands", workload, Command.getDefaultInstance(), byWorkloadsTarget, kept(Duration.ofHours(24)));
        outcomes = make.topic(
                "outcomes", workload, Outcome.getDefaultInstance(), byWorkloadsTarget, kept(Duration.ofDays(7)));
        remediations =
                make.topic("remediations", subject, Remediation.getDefaultInstance(), bySubjectsTarget, compacted());
        scanRequests = make.topic(
                "scan.requests", text, ScanRequest.getDefaultInstance(), null, logAppendTime(Duration.ofHours(24)));
        scanTallies = make.topic(
                "scan.tallies",
                recordId,
                ScanTally.getDefaultInstance(),
                RecordId::toString,
                larger(kept(Duration.ofHours(24))));
        scanReports = make.topic(
                "scan.reports",
                recordId,
                ScanReport.getDefaultInstance(),
                RecordId::toString,
                larger(kept(Duration.ofDays(30))));
        collectors =
                make.topic("collectors", text, CollectorStatus.getDefaultInstance(), Function.identity(), compacted());
        evidence = make.topic("evidence", workload, Evidence.getDefaultInstance(), byWorkload, larger(unlimited()));
        deadLetters = new Topic<>(
                prefix + "dead.letters",
                partitions,
                org.apache.kafka.common.serialization.Serdes.ByteArray(),
                org.apache.kafka.common.serialization.Serdes.ByteArray(),
                null,
                larger(kept(Duration.ofDays(7))));
    }

    private static Map<String, String> kept(Duration retention) {
        return Map.of(
                CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE, RETENTION_MS_CONFIG, Long.toString(retention.toMillis()));
    }

    // For dead letters: a record of the broker's default limit must fit with headers around it. For verdicts and
    // evidence: what they say comes of two or three records of that limit. For scans: their limits.
    private static Map<String, String> larger(Map<String, String> settings) {
        var all = new HashMap<>(settings);
        all.put(MAX_MESSAGE_BYTES_CONFIG, Integer.toString(LARGEST_RECORD));
        return Map.copyOf(all);
    }

    private static Map<String, String> logAppendTime(Duration retention) {
        return Map.of(
                CLEANUP_POLICY_CONFIG,
                CLEANUP_POLICY_DELETE,
                RETENTION_MS_CONFIG,
                Long.toString(retention.toMillis()),
                MESSAGE_TIMESTAMP_TYPE_CONFIG,
                "LogAppendTime");
    }

    private static Map<String, String> compacted() {
        return Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_COMPACT);
    }

    private static Map<String, String> unlimited() {
        return Map.of(CLEANUP_POLICY_CONFIG, CLEANUP_POLICY_DELETE, RETENTION_MS_CONFIG, "-1");
    }

    /// Every topic, in the order of the design's table.
    public List<Topic<?, ?>> all() {
        return List.of(
                proposals,
                answers,
                declarations,
                observations,
                verdicts,
                overrides,
                commands,
                outcomes,
                remediations,
                scanRequests,
                scanTallies,
                scanReports,
                collectors,
                evidence,
                deadLetters);
    }

    /// What a role is called on the broker: its `application.id` or group, which shares the topics'
    /// prefix.
    ///
    /// @param role for example `registrar`
    public String id(String role) {
        return prefix + role;
    }

    /// Partitions of every topic.
    public int partitions() {
        return partitions;
    }

    /// Wishes of people and pipelines; key any or none, on any partition.
    public Topic<@Nullable String, Proposal> proposals() {
        return proposals;
    }

    /// The registrar's answers, by proposal.
    public Topic<RecordId, Answer> answers() {
        return answers;
    }

    /// What workloads must run; compacted.
    public Topic<WorkloadId, Declaration> declarations() {
        return declarations;
    }

    /// What collectors and agents see.
    public Topic<WorkloadId, Observation> observations() {
        return observations;
    }

    /// The detector's judgements; compacted, partitioned by target.
    public Topic<SubjectKey, VerdictRecord> verdicts() {
        return verdicts;
    }

    /// Standing words to the planner; compacted, partitioned by target. A fleet-wide one must be
    /// written to every partition explicitly.
    public Topic<OverrideKey, Override> overrides() {
        return overrides;
    }

    /// Orders to executors, partitioned by target.
    public Topic<WorkloadId, Command> commands() {
        return commands;
    }

    /// What executors did, partitioned by target.
    public Topic<WorkloadId, Outcome> outcomes() {
        return outcomes;
    }

    /// Lives of replacements; compacted, partitioned by target.
    public Topic<SubjectKey, Remediation> remediations() {
        return remediations;
    }

    /// Wishes for a snapshot now; key any or none, on any partition.
    public Topic<@Nullable String, ScanRequest> scanRequests() {
        return scanRequests;
    }

    /// What the detector counted for scans, a record for each scan, target and partition.
    public Topic<RecordId, ScanTally> scanTallies() {
        return scanTallies;
    }

    /// Answers to scans.
    public Topic<RecordId, ScanReport> scanReports() {
        return scanReports;
    }

    /// What collectors say of themselves; compacted.
    public Topic<String, CollectorStatus> collectors() {
        return collectors;
    }

    /// Proof for auditors, kept for ever.
    public Topic<WorkloadId, Evidence> evidence() {
        return evidence;
    }

    /// Unreadable records, as they were, with the reason in headers.
    public Topic<byte[], byte[]> deadLetters() {
        return deadLetters;
    }
}
