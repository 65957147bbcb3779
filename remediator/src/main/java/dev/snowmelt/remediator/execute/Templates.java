package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.WorkloadId;

/// Looks at live templates.
public interface Templates {
    /// The workload and its template as they are now.
    Sighting<LiveTemplate> look(WorkloadId workload);
}
