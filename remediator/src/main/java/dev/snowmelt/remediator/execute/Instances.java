package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.InstanceId;

/// Looks at live instances.
public interface Instances {
    /// The instance as it is now. Another one under the same name is Gone.
    Sighting<LiveInstance> look(InstanceId instance);
}
