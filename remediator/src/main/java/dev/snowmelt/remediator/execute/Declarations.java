package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;
import org.jspecify.annotations.Nullable;

/// What is declared, as of now.
public interface Declarations {
    /// The newest declaration of a workload: no older than the moment of the call.
    Newest newest(WorkloadId workload);

    /// What is known of a workload's declaration.
    sealed interface Newest {
        /// The newest one.
        ///
        /// @param declaration null when nothing is declared
        record Known(@Nullable Declaration declaration) implements Newest {}

        /// It could not be made sure which one is the newest, or it cannot be read.
        record Unknown(String why) implements Newest {}
    }
}
