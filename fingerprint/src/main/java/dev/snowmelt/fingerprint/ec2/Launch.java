package dev.snowmelt.fingerprint.ec2;

/// What a [LaunchSource] comes to.
///
/// @param template what identifies it, as `ImageFacet.template` does: `lt-0abc:7` or `lc:<name>`
/// @param image the AMI that it names, or `resolve:ssm:…` as it stands; empty: it names none
public record Launch(String template, String image) {
    /// Identifies a version of a launch template.
    public static String template(String id, long version) {
        return id + ":" + version;
    }

    /// Identifies a launch configuration.
    public static String configuration(String name) {
        return "lc:" + name;
    }
}
