package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.GroupFingerprint;
import dev.snowmelt.fingerprint.ec2.LaunchSource;
import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchTemplate;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateOverrides;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateSpecification;
import software.amazon.awssdk.services.autoscaling.model.MixedInstancesPolicy;
import software.amazon.awssdk.services.autoscaling.model.UpdateAutoScalingGroupRequest;

/// How a group says what it launches from, and how that is changed. Pure.
final class LaunchSpec {
    private LaunchSpec() {}

    /// Changes whenever somebody makes the group launch from something else (but not when a new
    /// version of its launch template appears). A group has no version of its own.
    static String version(AutoScalingGroup group) {
        return group.launchConfigurationName() + "|" + group.launchTemplate() + "|" + group.mixedInstancesPolicy();
    }

    /// All that it says about what it launches from but for its launch template's version. Changes
    /// whenever somebody changes that.
    static String rest(AutoScalingGroup group) {
        MixedInstancesPolicy policy = group.mixedInstancesPolicy();
        if (policy != null && policy.launchTemplate() != null) {
            policy = policy.toBuilder()
                    .launchTemplate(policy.launchTemplate().toBuilder()
                            .launchTemplateSpecification((LaunchTemplateSpecification) null)
                            .build())
                    .build();
        }
        return group.launchConfigurationName() + "|" + (group.launchTemplate() != null) + "|" + policy;
    }

    /// The launch template and version that it launches from, overrides apart; empty: none, or not
    /// told.
    static Optional<LaunchTemplate> launchTemplate(AutoScalingGroup group) {
        return GroupFingerprint.sources(group).stream()
                .findFirst()
                .flatMap(
                        source -> source instanceof LaunchTemplate template ? Optional.of(template) : Optional.empty());
    }

    /// Why one new version of its launch template does not put the group right; empty: it does.
    static Optional<String> unrestorable(AutoScalingGroup group) {
        String name = group.launchConfigurationName();
        if (name != null && !name.isEmpty()) {
            return Optional.of(
                    "group %s launches from launch configuration %s, which cannot change: give it a launch template"
                            .formatted(group.autoScalingGroupName(), name));
        }
        for (LaunchTemplateOverrides override : overrides(group)) {
            if (override.launchTemplateSpecification() != null) {
                return Optional.of(
                        "group %s has overrides with launch templates of their own: a person must change those"
                                .formatted(group.autoScalingGroupName()));
            }
            if (override.imageId() != null && !override.imageId().isEmpty()) {
                return Optional.of("group %s has overrides with images of their own: a person must change those"
                        .formatted(group.autoScalingGroupName()));
            }
        }
        return GroupFingerprint.sources(group).isEmpty()
                ? Optional.of(
                        "Auto Scaling does not tell what group " + group.autoScalingGroupName() + " launches from")
                : Optional.empty();
    }

    /// Another group that would launch from a new version of the launch template as soon as there
    /// is one. Who else follows `$Latest` (fleets, people's scripts), AWS does not tell.
    static Optional<String> follower(List<AutoScalingGroup> groups, AutoScalingGroup self, String id, String name) {
        return groups.stream()
                .filter(group -> !group.autoScalingGroupName().equals(self.autoScalingGroupName()))
                .filter(group -> GroupFingerprint.sources(group).stream().anyMatch(source -> follows(source, id, name)))
                .map(AutoScalingGroup::autoScalingGroupName)
                .findFirst();
    }

    private static boolean follows(LaunchSource source, String id, String name) {
        return source instanceof LaunchTemplate template
                && template.version().equals(LaunchTemplate.LATEST)
                && (template.id().isEmpty()
                        ? template.name().equals(name)
                        : template.id().equals(id));
    }

    /// The change, and everything else of a mixed instances policy as it is: an update replaces the
    /// whole policy.
    static UpdateAutoScalingGroupRequest.Builder pointed(
            UpdateAutoScalingGroupRequest.Builder request,
            AutoScalingGroup group,
            String launchTemplate,
            long version) {
        // Of id and name AWS takes one only, though it tells both.
        LaunchTemplateSpecification pointed = LaunchTemplateSpecification.builder()
                .launchTemplateId(launchTemplate)
                .version(Long.toString(version))
                .build();
        MixedInstancesPolicy policy = group.mixedInstancesPolicy();
        return policy == null || policy.launchTemplate() == null
                ? request.launchTemplate(pointed)
                : request.mixedInstancesPolicy(policy.toBuilder()
                        .launchTemplate(policy.launchTemplate().toBuilder()
                                .launchTemplateSpecification(pointed)
                                .build())
                        .build());
    }

    private static List<LaunchTemplateOverrides> overrides(AutoScalingGroup group) {
        MixedInstancesPolicy policy = group.mixedInstancesPolicy();
        return policy == null || policy.launchTemplate() == null
                ? List.of()
                : policy.launchTemplate().overrides();
    }
}
