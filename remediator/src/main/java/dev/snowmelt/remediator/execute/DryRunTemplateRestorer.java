package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.WorkloadId;
import java.util.List;

/// Restores nothing.
public final class DryRunTemplateRestorer implements TemplateRestorer {
    @Override
    public Reply restore(WorkloadId workload, LiveTemplate seen, List<ImageChange> changes) {
        return new Reply.Withheld("dry run: would restore " + changes);
    }
}
