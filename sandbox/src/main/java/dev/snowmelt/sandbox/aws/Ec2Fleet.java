package dev.snowmelt.sandbox.aws;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.CreateAutoScalingGroupRequest;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateOverrides;
import software.amazon.awssdk.services.autoscaling.model.Tag;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/// Machines in an AWS account, made and changed by AWS' public API, as people and their tools do
/// it.
///
/// Against [Moto] everything is done when a method returns.
public final class Ec2Fleet {

    private static final InstanceType TYPE = InstanceType.T3_MICRO;
    private static final String ZONE = Moto.REGION.id() + "a";

    private final Ec2Client ec2;
    private final AutoScalingClient autoScaling;

    public Ec2Fleet(Moto moto) {
        this(moto.ec2(), moto.autoScaling());
    }

    public Ec2Fleet(Ec2Client ec2, AutoScalingClient autoScaling) {
        this.ec2 = ec2;
        this.autoScaling = autoScaling;
    }

    /// Registers a machine image.
    ///
    /// @return its id
    public String ami(String name) {
        return ec2.registerImage(image -> image.name(name)
                        .architecture("x86_64")
                        .rootDeviceName("/dev/sda1")
                        .virtualizationType("hvm"))
                .imageId();
    }

    /// Creates a launch template whose version 1 starts this image.
    ///
    /// @return its id
    public String launchTemplate(String name, String ami) {
        return ec2.createLaunchTemplate(template -> template.launchTemplateName(name)
                        .launchTemplateData(data -> data.imageId(ami).instanceType(TYPE)))
                .launchTemplate()
                .launchTemplateId();
    }

    /// Adds a version that starts this image; the default version stays what it is.
    ///
    /// @return its number
    public long launchTemplateVersion(String template, String ami) {
        return ec2.createLaunchTemplateVersion(version -> version.launchTemplateId(template)
                        .launchTemplateData(data -> data.imageId(ami).instanceType(TYPE)))
                .launchTemplateVersion()
                .versionNumber();
    }

    /// Creates a launch configuration, the older and immutable kind of launch template.
    public void launchConfiguration(String name, String ami) {
        autoScaling.createLaunchConfiguration(configuration ->
                configuration.launchConfigurationName(name).imageId(ami).instanceType(TYPE.toString()));
    }

    /// Creates a group of so many instances that follows a launch template, and launches them.
    ///
    /// @param version a number, `$Latest` or `$Default`
    public void group(String name, int size, String template, String version) {
        group(
                name,
                size,
                group -> group.launchTemplate(
                        source -> source.launchTemplateId(template).version(version)));
    }

    /// Creates a group of so many instances, with up to as many again, and launches them.
    ///
    /// @param more what it launches (launch template, launch configuration or mixed instances
    /// policy), its tags ...
    public void group(String name, int size, Consumer<CreateAutoScalingGroupRequest.Builder> more) {
        autoScaling.createAutoScalingGroup(group -> {
            group.autoScalingGroupName(name)
                    .minSize(0)
                    .maxSize(2 * size + 1)
                    .desiredCapacity(size)
                    .availabilityZones(ZONE);
            more.accept(group);
        });
    }

    /// Creates a group with a mixed instances policy.
    ///
    /// @param version of the template: a number, `$Latest` or `$Default`
    /// @param overrides in order of preference; one may name a launch template of its own
    public void mixedGroup(
            String name, int size, String template, String version, LaunchTemplateOverrides... overrides) {
        group(
                name,
                size,
                group -> group.mixedInstancesPolicy(policy ->
                        policy.launchTemplate(source -> source.launchTemplateSpecification(specification ->
                                        specification.launchTemplateId(template).version(version))
                                .overrides(overrides))));
    }

    /// Sets a tag of a group; instances do not get it.
    public void tagGroup(String group, String key, String value) {
        var tag = Tag.builder()
                .resourceId(group)
                .resourceType("auto-scaling-group")
                .key(key)
                .value(value)
                .propagateAtLaunch(false)
                .build();
        autoScaling.createOrUpdateTags(tags -> tags.tags(tag));
    }

    /// Sets a tag of an instance.
    public void tagInstance(String instance, String key, String value) {
        var tag = software.amazon.awssdk.services.ec2.model.Tag.builder()
                .key(key)
                .value(value)
                .build();
        ec2.createTags(tags -> tags.resources(instance).tags(tag));
    }

    /// Lets a group launch another launch template or version from now on; its instances stay.
    public void pointAt(String group, String template, String version) {
        autoScaling.updateAutoScalingGroup(update -> update.autoScalingGroupName(group)
                .launchTemplate(source -> source.launchTemplateId(template).version(version)));
    }

    /// Lets a group keep so many instances.
    public void resize(String group, int size) {
        autoScaling.setDesiredCapacity(
                capacity -> capacity.autoScalingGroupName(group).desiredCapacity(size));
    }

    /// Starts an instance that no group owns.
    ///
    /// @return its id
    public String standalone(String ami) {
        return standalone(ami, _ -> {});
    }

    /// Starts an instance that no group owns.
    ///
    /// @param more tags, block devices, user data ...
    /// @return its id
    public String standalone(String ami, Consumer<RunInstancesRequest.Builder> more) {
        return ec2.runInstances(instance -> {
                    instance.imageId(ami).instanceType(TYPE).minCount(1).maxCount(1);
                    more.accept(instance);
                })
                .instances()
                .getFirst()
                .instanceId();
    }

    /// Makes a snowflake: starts an instance of this image by hand and attaches it to the group in
    /// the place of another, which is terminated. Size and launch template of the group stay what
    /// they were.
    ///
    /// @return id of the new instance
    public String snowflake(String group, String ami) {
        String replaced = instances(group).getFirst();
        autoScaling.terminateInstanceInAutoScalingGroup(
                terminate -> terminate.instanceId(replaced).shouldDecrementDesiredCapacity(true));
        String snowflake = standalone(ami);
        autoScaling.attachInstances(attach -> attach.autoScalingGroupName(group).instanceIds(snowflake));
        return snowflake;
    }

    /// Terminates an instance of a group, which launches another in its place.
    public void terminateInGroup(String instance) {
        autoScaling.terminateInstanceInAutoScalingGroup(
                terminate -> terminate.instanceId(instance).shouldDecrementDesiredCapacity(false));
    }

    /// Terminates an instance behind its group's back.
    public void terminate(String instance) {
        ec2.terminateInstances(terminate -> terminate.instanceIds(instance));
    }

    /// Sets the scale-in protection of an instance.
    public void protect(String group, String instance, boolean isProtected) {
        autoScaling.setInstanceProtection(protection ->
                protection.autoScalingGroupName(group).instanceIds(instance).protectedFromScaleIn(isProtected));
    }

    /// Puts an instance aside; the group gets smaller by one.
    public void enterStandby(String group, String instance) {
        autoScaling.enterStandby(standby ->
                standby.autoScalingGroupName(group).instanceIds(instance).shouldDecrementDesiredCapacity(true));
    }

    /// Suspends processes of a group: `Launch`, `Terminate` ...
    public void suspend(String group, String... processes) {
        autoScaling.suspendProcesses(
                suspend -> suspend.autoScalingGroupName(group).scalingProcesses(processes));
    }

    /// Resumes processes of a group.
    public void resume(String group, String... processes) {
        autoScaling.resumeProcesses(resume -> resume.autoScalingGroupName(group).scalingProcesses(processes));
    }

    /// A group as AWS describes it now.
    public AutoScalingGroup describe(String group) {
        return autoScaling
                .describeAutoScalingGroups(describe -> describe.autoScalingGroupNames(group))
                .autoScalingGroups()
                .getFirst();
    }

    /// Ids of the instances of a group, in whatever state.
    public List<String> instances(String group) {
        return describe(group).instances().stream()
                .map(software.amazon.awssdk.services.autoscaling.model.Instance::instanceId)
                .toList();
    }

    /// The image that each instance of a group runs, by the instance's id.
    public Map<String, String> images(String group) {
        var images = new TreeMap<String, String>();
        for (String id : instances(group)) {
            images.put(id, instance(id).imageId());
        }
        return images;
    }

    /// An instance as AWS describes it now, also after its end.
    public Instance instance(String id) {
        return ec2.describeInstances(describe -> describe.instanceIds(id))
                .reservations()
                .getFirst()
                .instances()
                .getFirst();
    }
}
