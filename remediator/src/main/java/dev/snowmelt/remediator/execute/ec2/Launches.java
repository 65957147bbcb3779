package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.fingerprint.ec2.Launch;
import dev.snowmelt.fingerprint.ec2.LaunchSource;
import java.util.HashMap;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;

/// What a group launches from, asked anew: what never changes may have been deleted all the same.
final class Launches {
    private Launches() {}

    /// What each of the group's sources comes to; empty: AWS does not show it.
    ///
    /// @throws Unanswered with NOT_FOUND when a launch template, or the version that the group
    /// names, is not there
    static Function<LaunchSource, Optional<Launch>> of(Looks.Look look, AutoScalingGroup group) {
        var launches = new HashMap<LaunchSource, Launch>();
        for (LaunchSource source : GroupFingerprint.sources(group)) {
            launch(look, source).ifPresent(launch -> launches.put(source, launch));
        }
        return source -> Optional.ofNullable(launches.get(source));
    }

    private static Optional<Launch> launch(Looks.Look look, LaunchSource source) {
        return switch (source) {
            case LaunchSource.LaunchTemplate template ->
                look.version(template)
                        .filter(version -> version.versionNumber() != null && version.launchTemplateData() != null)
                        .map(version -> new Launch(
                                Launch.template(version.launchTemplateId(), version.versionNumber()),
                                orEmpty(version.launchTemplateData().imageId())));
            case LaunchSource.LaunchConfiguration(String name) ->
                look.configuration(name).map(found -> new Launch(Launch.configuration(name), orEmpty(found.imageId())));
        };
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
