package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Template;
import java.time.Duration;
import java.util.List;
import java.util.Set;
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
/// @param next what would take its place
/// @param age how long before the end of the look the oldest of what anybody may change at any
/// moment was asked for
public record LiveInstance(
        @Nullable WorkloadId owner,
        String version,
        ImageFacet image,
        @Nullable Template template,
        Reply.@Nullable NotNow notNow,
        Next next,
        Duration age) {
    /// What would take an instance's place.
    ///
    /// @param template what it would be made from, asked anew; null: not asked, so that what the
    /// planner knows of the template is all there is
    /// @param userData SHA-256 of the user data of each thing that it may be made from, in
    /// hexadecimal; an empty text: not known. None: not asked, or the platform has no user data
    /// @param spares those that may come instead of a new one
    public record Next(@Nullable Template template, Set<String> userData, List<Spare> spares) {
        /// The platform has no user data.
        public Next(@Nullable Template template, List<Spare> spares) {
            this(template, Set.of(), spares);
        }

        /// Nobody asked.
        public static final Next NOT_ASKED = new Next(null, List.of());
    }

    /// One request told all.
    public LiveInstance(
            @Nullable WorkloadId owner,
            String version,
            ImageFacet image,
            @Nullable Template template,
            Reply.@Nullable NotNow notNow) {
        this(owner, version, image, template, notNow, Next.NOT_ASKED, Duration.ZERO);
    }

    /// Nothing is known against it either.
    public LiveInstance(@Nullable WorkloadId owner, String version, ImageFacet image, @Nullable Template template) {
        this(owner, version, image, template, null);
    }
}
