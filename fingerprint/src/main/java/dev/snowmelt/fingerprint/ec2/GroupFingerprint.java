package dev.snowmelt.fingerprint.ec2;

import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchConfiguration;
import dev.snowmelt.fingerprint.ec2.LaunchSource.LaunchTemplate;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadStatus.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.Instance;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateOverrides;

/// An Auto Scaling group's status and template.
public final class GroupFingerprint {
    private static final Set<String> REPLACING = Set.of("Launch", "Terminate");
    /// How long EC2's status checks take until they tell that an instance does not boot, and Auto
    /// Scaling marks it: unless said otherwise, as long as the console's grace period. They are
    /// made every minute; how many it takes, AWS does not say.
    public static final Duration STATUS_CHECKS = Duration.ofMinutes(5);

    /// From the end of the grace period until an instance that fails its checks is marked
    /// Unhealthy.
    private static final Duration MARKED_WITHIN = Duration.ofSeconds(60);

    private GroupFingerprint() {}

    /// The group's id.
    public static WorkloadId workload(TargetId target, AutoScalingGroup group) {
        return new WorkloadId(target, "", WorkloadId.ASG, group.autoScalingGroupName());
    }

    /// What the group may launch instances from, the main one first, then what overrides name of
    /// their own. Empty: Auto Scaling tells none.
    public static List<LaunchSource> sources(AutoScalingGroup group) {
        var sources = new LinkedHashSet<LaunchSource>();
        LaunchSource main = main(group);
        if (main != null) {
            sources.add(main);
        }
        for (LaunchTemplateOverrides override : overrides(group)) {
            if (override.launchTemplateSpecification() != null) {
                sources.add(LaunchTemplate.of(override.launchTemplateSpecification()));
            }
        }
        return List.copyOf(sources);
    }

    /// A group. Everything is counted in instances, also where instance types have weights and the
    /// group's own capacity is in units: see [Capacity]. Changing a launch template replaces
    /// nothing by itself, so its strategy is ON_DELETE, and updated are the instances that were
    /// launched from what it would launch from now.
    ///
    /// While its processes Launch or Terminate are suspended it is paused: nothing would be
    /// recreated. A running instance refresh is not told by this answer, but for root volumes being
    /// replaced.
    ///
    /// @param launches what each of [#sources] comes to; empty: not known, and then neither is the
    /// template
    public static WorkloadStatus status(
            TargetId target, AutoScalingGroup group, Function<LaunchSource, Optional<Launch>> launches) {
        return status(target, group, launches, STATUS_CHECKS);
    }

    /// The same where status checks take another time.
    ///
    /// @param statusChecks zero: nothing is checked there, as in an emulator of AWS
    public static WorkloadStatus status(
            TargetId target,
            AutoScalingGroup group,
            Function<LaunchSource, Optional<Launch>> launches,
            Duration statusChecks) {
        Capacity capacity = Capacity.of(group);
        WorkloadStatus.Builder status = WorkloadStatus.newBuilder()
                .setWorkload(workload(target, group).toString())
                .setDesired(capacity.desired())
                .setReady((int)
                        group.instances().stream().filter(Member::inService).count())
                .setStrategy(Strategy.ON_DELETE)
                .setPaused(group.suspendedProcesses().stream()
                        .anyMatch(process -> REPLACING.contains(process.processName())))
                .setRolloutInProgress(isBeingDeleted(group) || isReplacingRootVolumes(group))
                .setStateful(Ec2Tags.ofGroupSayStateful(group.tags()))
                .setMinReadySeconds(minReadySeconds(group, statusChecks));
        var templates = new HashSet<String>();
        for (LaunchSource source : sources(group)) {
            launches.apply(source).ifPresent(launch -> templates.add(launch.template()));
        }
        status.setUpdated((int) group.instances().stream()
                .filter(entry -> templates.contains(Member.template(entry)))
                .count());
        Template template = template(group, launches);
        if (template != null) {
            status.setTemplate(template);
        }
        return status.build();
    }

    /// One `ami` for each machine image that the group could launch: with overrides there may be
    /// several, and which of them the next instance gets is Auto Scaling's choice.
    ///
    /// @return null: something of it is not known
    private static @Nullable Template template(
            AutoScalingGroup group, Function<LaunchSource, Optional<Launch>> launches) {
        LaunchSource source = main(group);
        Launch main = source == null ? null : launches.apply(source).orElse(null);
        if (main == null) {
            return null;
        }
        var images = new LinkedHashSet<String>();
        List<LaunchTemplateOverrides> overrides = overrides(group);
        for (LaunchTemplateOverrides override : overrides) {
            String image = override.imageId();
            if (image != null && !image.isEmpty()) {
                images.add(image);
            } else if (override.launchTemplateSpecification() == null) {
                images.add(main.image());
            } else {
                Optional<Launch> own = launches.apply(LaunchTemplate.of(override.launchTemplateSpecification()));
                if (own.isEmpty()) {
                    return null;
                }
                images.add(own.get().image());
            }
        }
        if (overrides.isEmpty()) {
            images.add(main.image());
        }
        Template.Builder template = Template.newBuilder().setId(main.template());
        for (String image : images) {
            template.addContainers(Template.Container.newBuilder()
                    .setName(InstanceFingerprint.SLOT)
                    .setType(ObservedContainer.Type.AMI)
                    .setImage(image));
        }
        return template.build();
    }

    private static @Nullable LaunchSource main(AutoScalingGroup group) {
        if (group.launchTemplate() != null) {
            return LaunchTemplate.of(group.launchTemplate());
        }
        var mixed = group.mixedInstancesPolicy();
        if (mixed != null
                && mixed.launchTemplate() != null
                && mixed.launchTemplate().launchTemplateSpecification() != null) {
            return LaunchTemplate.of(mixed.launchTemplate().launchTemplateSpecification());
        }
        String configuration = group.launchConfigurationName();
        return configuration == null || configuration.isEmpty() ? null : new LaunchConfiguration(configuration);
    }

    static List<LaunchTemplateOverrides> overrides(AutoScalingGroup group) {
        var mixed = group.mixedInstancesPolicy();
        return mixed == null || mixed.launchTemplate() == null
                ? List.of()
                : new ArrayList<>(mixed.launchTemplate().overrides());
    }

    /// A new instance is Healthy for as long as the grace period lasts, whatever its checks say:
    /// those of load balancers and volumes, and also EC2's own status checks, which every group
    /// has. Only one that does not even run any more is marked at once. So says
    /// <https://repost.aws/knowledge-center/auto-scaling-terminate-instance>, and of the period
    /// <https://docs.aws.amazon.com/autoscaling/ec2/userguide/health-check-grace-period.html>. It
    /// is counted from when the instance came into service. How soon after it Auto Scaling marks
    /// one that fails is not documented. With a short period, or none, the status checks decide
    /// when.
    private static int minReadySeconds(AutoScalingGroup group, Duration statusChecks) {
        if (statusChecks.isZero()) {
            return 0;
        }
        long grace = group.healthCheckGracePeriod() == null ? 0 : Math.max(0, group.healthCheckGracePeriod());
        return (int) Math.min(Integer.MAX_VALUE, Math.max(grace + MARKED_WITHIN.toSeconds(), statusChecks.toSeconds()));
    }

    private static boolean isBeingDeleted(AutoScalingGroup group) {
        return group.status() != null && !group.status().isEmpty();
    }

    private static boolean isReplacingRootVolumes(AutoScalingGroup group) {
        for (Instance entry : group.instances()) {
            String lifecycle = entry.lifecycleStateAsString();
            if (lifecycle != null && lifecycle.startsWith("ReplacingRootVolume")) {
                return true;
            }
        }
        return false;
    }
}
