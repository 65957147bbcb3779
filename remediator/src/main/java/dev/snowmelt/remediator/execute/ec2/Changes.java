package dev.snowmelt.remediator.execute.ec2;

import java.time.Duration;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.UpdateAutoScalingGroupRequest;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CreateLaunchTemplateVersionRequest;
import software.amazon.awssdk.services.ec2.model.CreateLaunchTemplateVersionResponse;

/// The three requests that change something, each sent once.
///
/// @param timeout how long one may take
record Changes(Ec2Client ec2, AutoScalingClient autoScaling, Duration timeout) {
    static final String TERMINATE = "autoscaling:TerminateInstanceInAutoScalingGroup";
    static final String CREATE_VERSION = "ec2:CreateLaunchTemplateVersion";
    static final String UPDATE_GROUP = "autoscaling:UpdateAutoScalingGroup";

    /// The group keeps its size, so that it launches another one.
    ///
    /// @return what Auto Scaling says that it does
    String terminate(String instance) {
        var activity = autoScaling
                .terminateInstanceInAutoScalingGroup(request -> request.instanceId(instance)
                        .shouldDecrementDesiredCapacity(false)
                        .overrideConfiguration(limits()))
                .activity();
        return activity == null || activity.description() == null ? "" : activity.description();
    }

    /// A version like its source with another image. The same one again makes no second version,
    /// for as long as EC2 remembers its token.
    CreateLaunchTemplateVersionResponse createVersion(NewVersion version) {
        return ec2.createLaunchTemplateVersion(request(version).build());
    }

    /// EC2's own dry run of the same. It always ends with an exception, which says how it would
    /// have ended.
    void rehearseVersion(NewVersion version) {
        ec2.createLaunchTemplateVersion(request(version).dryRun(true).build());
    }

    private CreateLaunchTemplateVersionRequest.Builder request(NewVersion version) {
        return CreateLaunchTemplateVersionRequest.builder()
                .launchTemplateId(version.launchTemplate())
                .sourceVersion(Long.toString(version.source()))
                .launchTemplateData(data -> data.imageId(version.image()))
                .versionDescription(version.description())
                .clientToken(version.token())
                .overrideConfiguration(limits());
    }

    /// Points a group at a version of the launch template that it uses.
    void point(AutoScalingGroup group, String launchTemplate, long version) {
        UpdateAutoScalingGroupRequest.Builder request = UpdateAutoScalingGroupRequest.builder()
                .autoScalingGroupName(group.autoScalingGroupName())
                .overrideConfiguration(limits());
        autoScaling.updateAutoScalingGroup(
                LaunchSpec.pointed(request, group, launchTemplate, version).build());
    }

    private AwsRequestOverrideConfiguration limits() {
        return AwsRequestOverrideConfiguration.builder()
                .apiCallTimeout(timeout)
                .apiCallAttemptTimeout(timeout)
                .build();
    }
}
