package dev.snowmelt.remediator.plan;

import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Command;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Remediation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was said, in order.
public final class RecordingOutbox implements Outbox {
    public final List<Command> commands = new ArrayList<>();
    public final List<Remediation> history = new ArrayList<>();
    public final Map<SubjectKey, Remediation> remediations = new LinkedHashMap<>();
    public final List<Evidence> evidence = new ArrayList<>();
    public final List<Proposal> proposals = new ArrayList<>();

    @Override
    public void command(WorkloadId workload, Command command) {
        commands.add(command);
    }

    @Override
    public void remediation(SubjectKey key, @Nullable Remediation before, @Nullable Remediation after) {
        if (after == null) {
            remediations.remove(key);
        } else {
            remediations.put(key, after);
            history.add(after);
        }
    }

    @Override
    public void evidence(WorkloadId workload, Evidence evidence) {
        this.evidence.add(evidence);
    }

    @Override
    public void proposal(TargetId about, Proposal proposal) {
        proposals.add(proposal);
    }

    /// Takes what was ordered since this was last called.
    public List<Command> takeCommands() {
        var taken = List.copyOf(commands);
        commands.clear();
        return taken;
    }
}
