package dev.snowmelt.remediator.execute;

import dev.snowmelt.v1.WorkloadStatus;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A workload as it is now, with the template it would create from.
///
/// @param version what changes whenever the object does
/// @param status its status and template
/// @param notNow why the platform (or somebody by its means) wants it left alone for now; null:
/// nothing is known against it
/// @param userData as [LiveInstance.Next#userData()]
public record LiveTemplate(String version, WorkloadStatus status, Reply.@Nullable NotNow notNow, Set<String> userData) {
    /// It knows no user data.
    public LiveTemplate(String version, WorkloadStatus status, Reply.@Nullable NotNow notNow) {
        this(version, status, notNow, Set.of());
    }

    /// Nothing is known against it.
    public LiveTemplate(String version, WorkloadStatus status) {
        this(version, status, null);
    }
}
