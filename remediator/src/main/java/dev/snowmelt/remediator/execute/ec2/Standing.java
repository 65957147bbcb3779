package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchTemplate;
import java.util.Optional;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;

/// What a group launches from: what a restore began with, and must find again right before each of
/// its changes.
///
/// @param launchTemplate its id
/// @param number of the version that it launches from, whether it names the number, `$Latest` or
/// `$Default`
/// @param rest all else that it says about what it launches from, which a restore keeps
record Standing(String launchTemplate, long number, String rest) {
    /// Whether the group launches from that still. What `$Latest` or `$Default` stands for is asked
    /// anew.
    boolean holds(Looks.Look look, AutoScalingGroup group) {
        Optional<LaunchTemplate> now = LaunchSpec.launchTemplate(group);
        return now.isPresent() && rest.equals(LaunchSpec.rest(group)) && isOurs(look, now.get());
    }

    private boolean isOurs(Looks.Look look, LaunchTemplate now) {
        if (now.numbered() && !now.id().isEmpty()) {
            return launchTemplate.equals(now.id()) && Long.toString(number).equals(now.version());
        }
        return look.version(now)
                .filter(version -> launchTemplate.equals(version.launchTemplateId())
                        && Long.valueOf(number).equals(version.versionNumber()))
                .isPresent();
    }
}
