package dev.snowmelt.cli.output;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.kafka.FleetView;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.text.MessageText;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Override;
import dev.snowmelt.v1.Remediation;
import dev.snowmelt.v1.RemediationPolicy;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.WorkloadVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// What `status` says, before it is laid out.
///
/// @param now when it was made
/// @param collectors by id
/// @param workloads by id
/// @param overrides those in force
/// @param remediations open ones, the longest open first
/// @param trust whether signatures are checked
public record StatusReport(
        Instant now,
        List<CollectorStatus> collectors,
        List<Workload> workloads,
        List<Override> overrides,
        List<Remediation> remediations,
        TrustStatus trust) {

    /// One workload.
    ///
    /// @param id its id
    /// @param revision newest declared; 0: none
    /// @param mode how far Snowmelt may go
    /// @param verdict judgement of the whole; the default instance: none yet
    /// @param counts instances by state
    public record Workload(
            WorkloadId id,
            long revision,
            RemediationPolicy.Mode mode,
            WorkloadVerdict verdict,
            Map<Verdict.State, Integer> counts) {
        /// Instances in a state.
        public int count(Verdict.State state) {
            return counts.getOrDefault(state, 0);
        }
    }

    /// Puts together what the topics say.
    public static StatusReport of(FleetView fleet, TrustStatus trust, Instant now) {
        return new StatusReport(
                now,
                fleet.collectors().values().stream()
                        .sorted(Comparator.comparing(CollectorStatus::getCollector))
                        .toList(),
                workloads(fleet),
                fleet.overrides().values().stream()
                        .filter(override ->
                                !override.hasUntil() || Timestamps.toMillis(override.getUntil()) > now.toEpochMilli())
                        .sorted(Comparator.comparing(Override::getKind).thenComparing(Override::getSubject))
                        .toList(),
                fleet.remediations().values().stream()
                        .filter(StatusReport::open)
                        .sorted(Comparator.comparing(Remediation::getDriftedAt, Timestamps.comparator()))
                        .toList(),
                trust);
    }

    private static boolean open(Remediation remediation) {
        return switch (remediation.getPhase()) {
            case HELD, ISSUED, TERMINATED, BLOCKED, FAILED, STUCK -> true;
            case REPLACED, RETIRED, RESOLVED, PHASE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private static List<Workload> workloads(FleetView fleet) {
        Map<WorkloadId, Map<Verdict.State, Integer>> counts = new TreeMap<>();
        Map<WorkloadId, WorkloadVerdict> verdicts = new TreeMap<>();
        fleet.declarations().keySet().forEach(workload -> counts.put(workload, new EnumMap<>(Verdict.State.class)));
        fleet.verdicts().forEach((key, record) -> {
            switch (key) {
                case SubjectKey.OfInstance instance ->
                    counts.computeIfAbsent(instance.workload(), _ -> new EnumMap<>(Verdict.State.class))
                            .merge(record.getInstance().getState(), 1, Integer::sum);
                case SubjectKey.OfWorkload workload -> {
                    counts.computeIfAbsent(workload.workload(), _ -> new EnumMap<>(Verdict.State.class));
                    verdicts.put(workload.workload(), record.getWorkload());
                }
                case SubjectKey.OfSnapshot _ -> {
                    // Says nothing about workloads.
                }
            }
        });
        List<Workload> workloads = new ArrayList<>();
        counts.forEach((id, states) -> {
            var declaration = fleet.declarations().get(id);
            var newest =
                    declaration == null || declaration.getRevisionsCount() == 0 ? null : declaration.getRevisions(0);
            workloads.add(new Workload(
                    id,
                    newest == null ? 0 : newest.getNumber(),
                    newest == null
                            ? RemediationPolicy.Mode.MODE_UNSPECIFIED
                            : newest.getSpec().getRemediation().getMode(),
                    verdicts.getOrDefault(id, WorkloadVerdict.getDefaultInstance()),
                    states));
        });
        return workloads;
    }

    /// The same for scripts.
    public ObjectNode tree() {
        ObjectNode tree = Results.object();
        var collecting = tree.putArray("collectors");
        collectors.forEach(each -> collecting.add(MessageText.tree(each)));
        var all = tree.putArray("workloads");
        for (Workload workload : workloads) {
            ObjectNode one = all.addObject()
                    .put("workload", workload.id().toString())
                    .put("revision", workload.revision())
                    .put("mode", StatusTables.mode(workload))
                    .put("template", workload.verdict().getTemplateState().name())
                    .put("desired", workload.verdict().getStatus().getDesired())
                    .put("ready", workload.verdict().getStatus().getReady());
            var instances = one.putObject("instances");
            for (Verdict.State state : Verdict.State.values()) {
                if (state != Verdict.State.STATE_UNSPECIFIED && state != Verdict.State.UNRECOGNIZED) {
                    instances.put(state.name(), workload.count(state));
                }
            }
            var drifts = one.putArray("drifts");
            workload.verdict().getDriftsList().forEach(drift -> drifts.add(MessageText.tree(drift)));
        }
        var standing = tree.putArray("overrides");
        overrides.forEach(each -> standing.add(MessageText.tree(each)));
        var open = tree.putArray("remediations");
        remediations.forEach(each -> open.add(MessageText.tree(each)));
        tree.set("trust", trust.tree());
        return tree;
    }
}
