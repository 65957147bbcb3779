package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.fingerprint.ec2.InstanceFingerprint;
import dev.snowmelt.fingerprint.ec2.Launch;
import dev.snowmelt.fingerprint.ec2.LaunchSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;

/// What a group launches from, asked anew: what never changes may have been deleted all the same.
///
/// @param found what each of the group's sources comes to, as far as AWS shows it
/// @param userData SHA-256 of the user data of each; an empty text: what AWS tells is no Base64
record Launches(Map<LaunchSource, Launch> found, Set<String> userData)
        implements Function<LaunchSource, Optional<Launch>> {
    /// Asks for each of the group's sources.
    ///
    /// @throws Unanswered with NOT_FOUND when a launch template, or the version that the group
    /// names, is not there
    static Launches of(Looks.Look look, AutoScalingGroup group) {
        var found = new HashMap<LaunchSource, Launch>();
        var userData = new HashSet<String>();
        for (LaunchSource source : GroupFingerprint.sources(group)) {
            told(look, source).ifPresent(told -> {
                found.put(source, told.launch());
                userData.add(sha256(told.userData()));
            });
        }
        return new Launches(Map.copyOf(found), Set.copyOf(userData));
    }

    /// Empty: AWS does not show it.
    @Override
    public Optional<Launch> apply(LaunchSource source) {
        return Optional.ofNullable(found.get(source));
    }

    /// What is no Base64 was not looked at: then it is for the judgement to say that it cannot tell.
    static String sha256(@Nullable String base64) {
        try {
            return InstanceFingerprint.userDataSha256(base64);
        } catch (IllegalArgumentException _) {
            return "";
        }
    }

    private record Told(Launch launch, @Nullable String userData) {}

    private static Optional<Told> told(Looks.Look look, LaunchSource source) {
        return switch (source) {
            case LaunchSource.LaunchTemplate template ->
                look.version(template)
                        .filter(version -> version.versionNumber() != null && version.launchTemplateData() != null)
                        .map(version -> new Told(
                                new Launch(
                                        Launch.template(version.launchTemplateId(), version.versionNumber()),
                                        orEmpty(version.launchTemplateData().imageId())),
                                version.launchTemplateData().userData()));
            case LaunchSource.LaunchConfiguration(String name) ->
                look.configuration(name)
                        .map(found -> new Told(
                                new Launch(Launch.configuration(name), orEmpty(found.imageId())), found.userData()));
        };
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
