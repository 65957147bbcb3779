package dev.snowmelt.fingerprint.ec2;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateSpecification;

/// What a group launches instances from, as the group names it.
public sealed interface LaunchSource {
    /// A launch template.
    ///
    /// @param id its id; empty: only its name is given
    /// @param name its name; may be empty when there is an id
    /// @param version a number, `$Latest` or `$Default`
    record LaunchTemplate(String id, String name, String version) implements LaunchSource {
        /// The version that changes whenever somebody makes a new one.
        public static final String LATEST = "$Latest";
        /// The version that somebody has marked as such.
        public static final String DEFAULT = "$Default";

        /// What a group names. Without a version Auto Scaling takes the default one.
        public static LaunchTemplate of(LaunchTemplateSpecification named) {
            String version = orEmpty(named.version());
            return new LaunchTemplate(
                    orEmpty(named.launchTemplateId()),
                    orEmpty(named.launchTemplateName()),
                    version.isEmpty() ? DEFAULT : version);
        }

        /// True when the version is a number: what that is never changes.
        public boolean numbered() {
            return version.matches("[0-9]{1,18}");
        }

        private static String orEmpty(@Nullable String text) {
            return text == null ? "" : text;
        }
    }

    /// A launch configuration, which never changes.
    ///
    /// @param name its name
    record LaunchConfiguration(String name) implements LaunchSource {}
}
