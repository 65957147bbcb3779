package dev.snowmelt.cli.kafka;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.schemas.id.OverrideKey;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.VerdictRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What the compacted topics say now about one target, one workload or everything.
///
/// @param declarations what is declared
/// @param verdicts what is judged
/// @param remediations what is being done, and what was lately
/// @param overrides standing words of people
/// @param collectors what collectors say of themselves
public record FleetView(
        Map<WorkloadId, Declaration> declarations,
        Map<SubjectKey, VerdictRecord> verdicts,
        Map<SubjectKey, Remediation> remediations,
        Map<OverrideKey, Override> overrides,
        Map<String, CollectorStatus> collectors) {

    /// @param subject a target or a workload; empty: everything
    public static FleetView read(Config.Kafka kafka, String subject) {
        Topics topics = kafka.topics();
        var reader = new CompactedTopic(kafka);
        String target = subject.isEmpty() ? "" : subject.split("/", 2)[0];
        // Of one target all lies on one partition.
        List<Integer> partitions = target.isEmpty() ? List.of() : List.of(Topic.partition(target, topics.partitions()));
        return new FleetView(
                reader.read(topics.declarations(), workload -> concerns(subject, workload), List.of()),
                reader.read(topics.verdicts(), key -> concerns(subject, key), partitions),
                reader.read(topics.remediations(), key -> concerns(subject, key), partitions),
                reader.read(topics.overrides(), key -> concerns(target, key), partitions),
                ofTarget(target, reader.read(topics.collectors(), _ -> true, List.of())));
    }

    private static Map<String, CollectorStatus> ofTarget(String target, Map<String, CollectorStatus> collectors) {
        var theirs = new HashMap<>(collectors);
        theirs.values().removeIf(each -> !target.isEmpty() && !each.getTarget().equals(target));
        return theirs;
    }

    private static boolean concerns(String subject, SubjectKey key) {
        return switch (key) {
            case SubjectKey.OfInstance instance -> concerns(subject, instance.workload());
            case SubjectKey.OfWorkload workload -> concerns(subject, workload.workload());
            case SubjectKey.OfSnapshot snapshot ->
                subject.isEmpty() || subject.equals(snapshot.target().toString());
        };
    }

    private static boolean concerns(String subject, WorkloadId workload) {
        return subject.isEmpty() || subject.equals(workload.target().toString()) || subject.equals(workload.toString());
    }

    private static boolean concerns(String target, OverrideKey key) {
        return target.isEmpty()
                || key.target().map(TargetId::toString).orElse(target).equals(target);
    }
}
