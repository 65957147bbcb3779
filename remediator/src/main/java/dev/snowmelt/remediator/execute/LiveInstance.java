package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Template;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An instance as it is now.
///
/// @param owner the workload that owns it now; null when its controller is gone
/// @param version what changes whenever the object does; empty where the platform knows no such
/// thing
/// @param image what it runs
/// @param template the template that it was made from; null: not known
/// @param notNow why the platform (or somebody by its means) wants it left alone for now; null:
/// nothing is known against it. A platform whose own call refuses by itself, as evictions do,
/// leaves it to the call
/// @param spares those that may take its place
public record LiveInstance(
        @Nullable WorkloadId owner,
        String version,
        ImageFacet image,
        @Nullable Template template,
        Reply.@Nullable NotNow notNow,
        List<Spare> spares) {
    /// What replaces it is made from the template.
    public LiveInstance(
            @Nullable WorkloadId owner,
            String version,
            ImageFacet image,
            @Nullable Template template,
            Reply.@Nullable NotNow notNow) {
        this(owner, version, image, template, notNow, List.of());
    }

    /// Nothing is known against it either.
    public LiveInstance(@Nullable WorkloadId owner, String version, ImageFacet image, @Nullable Template template) {
        this(owner, version, image, template, null);
    }
}
