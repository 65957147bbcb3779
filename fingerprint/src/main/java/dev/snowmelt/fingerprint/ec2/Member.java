package dev.snowmelt.fingerprint.ec2;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.Instance;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateSpecification;

/// What an Auto Scaling group says of one of its instances. Most instances of a group are alike in
/// it, so a collector needs to keep few of these.
///
/// @param group the group's name
/// @param template what the instance was launched from: `lt-0abc:7` or `lc:<name>`; empty: the
/// group does not say
/// @param image AMI of its root volume now, when the group knows that it is another than the one
/// that EC2 tells: an instance refresh may replace root volumes under running instances. Empty: as
/// EC2 says
/// @param inService in service and healthy
/// @param terminating being terminated, lifecycle hooks included
/// @param stateful the group is marked as holding state
public record Member(
        String group, String template, String image, boolean inService, boolean terminating, boolean stateful) {

    /// What a group's entry says.
    public static Member of(AutoScalingGroup group, Instance entry) {
        String lifecycle = orEmpty(entry.lifecycleStateAsString());
        return new Member(
                group.autoScalingGroupName(),
                template(entry),
                orEmpty(entry.imageId()),
                inService(entry),
                // Terminating, Terminating:Wait, Warmed:Terminating:Proceed, …
                lifecycle.contains("Terminating") || lifecycle.endsWith("Terminated"),
                Ec2Tags.ofGroupSayStateful(group.tags()));
    }

    /// What is known of an instance that bears a group's tag without being in its list: one of its
    /// warm pool, or one that comes or goes at this moment. It is not in service.
    public static Member unlisted(AutoScalingGroup group) {
        return new Member(group.autoScalingGroupName(), "", "", false, false, Ec2Tags.ofGroupSayStateful(group.tags()));
    }

    /// What a group says of an instance, whether it lists it or not.
    public static Member of(AutoScalingGroup group, String instance) {
        for (Instance entry : group.instances()) {
            if (instance.equals(entry.instanceId())) {
                return of(group, entry);
            }
        }
        return unlisted(group);
    }

    /// What is known of an instance that bears the tag of a group that nothing else is known of.
    public static Member named(String group) {
        return new Member(group, "", "", false, false, false);
    }

    static boolean inService(Instance entry) {
        return "InService".equals(entry.lifecycleStateAsString()) && "Healthy".equalsIgnoreCase(entry.healthStatus());
    }

    static String template(Instance entry) {
        LaunchTemplateSpecification launched = entry.launchTemplate();
        if (launched != null) {
            return template(launched.launchTemplateId(), launched.version());
        }
        String configuration = orEmpty(entry.launchConfigurationName());
        return configuration.isEmpty() ? "" : Launch.configuration(configuration);
    }

    /// Empty unless the version is a number: `$Latest` says nothing of what was launched.
    static String template(@Nullable String id, @Nullable String version) {
        boolean numbered = version != null && version.matches("[0-9]{1,18}");
        return id == null || id.isEmpty() || !numbered ? "" : Launch.template(id, Long.parseLong(version));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
