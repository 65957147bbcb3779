package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.WorkloadId;
import java.util.List;

/// Changes images in templates.
public interface TemplateRestorer {
    /// Asks the platform once, without repeating the call by itself, to change these images in the template that was
    /// looked at, and nothing else. Returns within a bounded time.
    Reply restore(WorkloadId workload, LiveTemplate seen, List<ImageChange> changes);
}
