package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.fingerprint.ec2.AwsFault.Kind;
import dev.snowmelt.fingerprint.ec2.LaunchSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingInstanceDetails;
import software.amazon.awssdk.services.autoscaling.model.InstanceRefresh;
import software.amazon.awssdk.services.autoscaling.model.LaunchConfiguration;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceAttributeResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Image;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;

/// Reads what EC2 and Auto Scaling say now.
///
/// @param patience how long all reads of one look may take together
record Looks(Ec2Client ec2, AutoScalingClient autoScaling, Duration patience) {
    // The most that Auto Scaling gives.
    private static final int GROUPS_A_PAGE = 100;
    // The most that EC2 gives.
    private static final int VERSIONS_A_PAGE = 200;
    // The most that a filter of EC2 takes.
    private static final int VALUES_A_FILTER = 200;

    /// Begins one look; its time runs from now.
    Look begin() {
        return new Look(System.nanoTime() + patience.toNanos());
    }

    /// One look of several reads. Each throws [Unanswered] when it is not answered.
    final class Look {
        private final long deadline;

        private Look(long deadline) {
            this.deadline = deadline;
        }

        /// What Auto Scaling says of an instance; null: it is in no group.
        @Nullable AutoScalingInstanceDetails member(String instance) {
            return read(
                            "autoscaling:DescribeAutoScalingInstances",
                            instance,
                            () -> autoScaling
                                    .describeAutoScalingInstances(request ->
                                            request.instanceIds(instance).overrideConfiguration(limits()))
                                    .autoScalingInstances())
                    .stream()
                    .filter(member -> instance.equals(member.instanceId()))
                    .findFirst()
                    .orElse(null);
        }

        /// Empty: Auto Scaling shows no group of that name, which is no proof that there is none.
        Optional<AutoScalingGroup> group(String name) {
            return read(
                            "autoscaling:DescribeAutoScalingGroups",
                            "group " + name,
                            () -> autoScaling
                                    .describeAutoScalingGroups(request ->
                                            request.autoScalingGroupNames(name).overrideConfiguration(limits()))
                                    .autoScalingGroups())
                    .stream()
                    .filter(group -> name.equals(group.autoScalingGroupName()))
                    .findFirst();
        }

        /// Every group of the account and region.
        List<AutoScalingGroup> groups() {
            var groups = new ArrayList<AutoScalingGroup>();
            String token = null;
            do {
                String page = token;
                var answer = read(
                        "autoscaling:DescribeAutoScalingGroups",
                        "all groups",
                        () -> autoScaling.describeAutoScalingGroups(request -> request.nextToken(page)
                                .maxRecords(GROUPS_A_PAGE)
                                .overrideConfiguration(limits())));
                groups.addAll(answer.autoScalingGroups());
                token = answer.nextToken();
            } while (token != null && !token.isEmpty());
            return groups;
        }

        /// The group's instance refreshes, the newest first, as far as one page goes: at most one
        /// of them is under way, and that is the newest.
        List<InstanceRefresh> refreshes(String group) {
            return read(
                    "autoscaling:DescribeInstanceRefreshes",
                    "group " + group,
                    () -> autoScaling
                            .describeInstanceRefreshes(request ->
                                    request.autoScalingGroupName(group).overrideConfiguration(limits()))
                            .instanceRefreshes());
        }

        /// Whether `disableApiTermination` is set; null: EC2 does not say.
        @Nullable Boolean terminationProtected(String instance) {
            var attribute = attribute(instance, InstanceAttributeName.DISABLE_API_TERMINATION)
                    .disableApiTermination();
            return attribute == null ? null : attribute.value();
        }

        /// User data in Base64; null: none.
        @Nullable String userData(String instance) {
            var attribute = attribute(instance, InstanceAttributeName.USER_DATA).userData();
            return attribute == null ? null : attribute.value();
        }

        private DescribeInstanceAttributeResponse attribute(String instance, InstanceAttributeName name) {
            return read(
                    "ec2:DescribeInstanceAttribute",
                    instance,
                    () -> ec2.describeInstanceAttribute(request ->
                            request.instanceId(instance).attribute(name).overrideConfiguration(limits())));
        }

        /// Asked by id, so that EC2 says in so many words when there is none: an empty list would
        /// prove nothing.
        ///
        /// @throws Unanswered with NOT_FOUND when there is no such instance
        Optional<Instance> instance(String instance) {
            return read(
                            "ec2:DescribeInstances",
                            instance,
                            () -> ec2.describeInstances(request ->
                                            request.instanceIds(instance).overrideConfiguration(limits()))
                                    .reservations())
                    .stream()
                    .flatMap(reservation -> reservation.instances().stream())
                    .filter(found -> instance.equals(found.instanceId()))
                    .findFirst();
        }

        /// The instances of a group's warm pool that may come into service.
        List<software.amazon.awssdk.services.autoscaling.model.Instance> warmPool(String group) {
            var instances = new ArrayList<software.amazon.awssdk.services.autoscaling.model.Instance>();
            String token = null;
            do {
                String page = token;
                var answer = read(
                        "autoscaling:DescribeWarmPool",
                        "group " + group,
                        () -> autoScaling.describeWarmPool(request -> request.autoScalingGroupName(group)
                                .nextToken(page)
                                .overrideConfiguration(limits())));
                instances.addAll(answer.instances());
                token = answer.nextToken();
            } while (token != null && !token.isEmpty());
            return instances;
        }

        /// Those of the instances that EC2 shows: by a filter, which an unknown id does not fail.
        List<Instance> instances(List<String> ids) {
            var found = new ArrayList<Instance>();
            for (int from = 0; from < ids.size(); from += VALUES_A_FILTER) {
                List<String> some = ids.subList(from, Math.min(ids.size(), from + VALUES_A_FILTER));
                read(
                                "ec2:DescribeInstances",
                                some.size() + " instances",
                                () -> ec2.describeInstances(request -> request.filters(Filter.builder()
                                                        .name("instance-id")
                                                        .values(some)
                                                        .build())
                                                .overrideConfiguration(limits()))
                                        .reservations())
                        .forEach(reservation -> found.addAll(reservation.instances()));
            }
            return found;
        }

        /// The version that a launch template's name for one stands for now. Empty: EC2 shows none.
        Optional<LaunchTemplateVersion> version(LaunchSource.LaunchTemplate source) {
            return read(
                            "ec2:DescribeLaunchTemplateVersions",
                            source.id().isEmpty() ? source.name() : source.id(),
                            () -> ec2.describeLaunchTemplateVersions(request -> {
                                        if (source.id().isEmpty()) {
                                            request.launchTemplateName(source.name());
                                        } else {
                                            request.launchTemplateId(source.id());
                                        }
                                        request.versions(source.version()).overrideConfiguration(limits());
                                    })
                                    .launchTemplateVersions())
                    .stream()
                    .findFirst();
        }

        /// The versions of a launch template from this number on that name this image.
        List<LaunchTemplateVersion> versionsFrom(String launchTemplate, long number, String image) {
            var versions = new ArrayList<LaunchTemplateVersion>();
            String token = null;
            do {
                String page = token;
                var answer = read(
                        "ec2:DescribeLaunchTemplateVersions",
                        launchTemplate,
                        () -> ec2.describeLaunchTemplateVersions(request -> request.launchTemplateId(launchTemplate)
                                .minVersion(Long.toString(number))
                                .filters(Filter.builder()
                                        .name("image-id")
                                        .values(image)
                                        .build())
                                .maxResults(VERSIONS_A_PAGE)
                                .nextToken(page)
                                .overrideConfiguration(limits())));
                versions.addAll(answer.launchTemplateVersions());
                token = answer.nextToken();
            } while (token != null && !token.isEmpty());
            return versions;
        }

        /// Empty: Auto Scaling shows no launch configuration of that name.
        Optional<LaunchConfiguration> configuration(String name) {
            return read(
                            "autoscaling:DescribeLaunchConfigurations",
                            "launch configuration " + name,
                            () -> autoScaling
                                    .describeLaunchConfigurations(request -> request.launchConfigurationNames(name)
                                            .overrideConfiguration(limits()))
                                    .launchConfigurations())
                    .stream()
                    .filter(configuration -> name.equals(configuration.launchConfigurationName()))
                    .findFirst();
        }

        /// The states of machine images, by id; of one that EC2 does not show (deregistered, not
        /// shared any more) there is none. Asked by a filter: asked by id, one that is unknown
        /// makes the call fail for all. Deprecated ones can be launched all the same, and are not
        /// told to others than their owner without being asked for.
        Map<String, String> imageStates(Collection<String> images) {
            return read(
                            "ec2:DescribeImages",
                            String.join(", ", images),
                            () -> ec2.describeImages(request -> request.filters(Filter.builder()
                                                    .name("image-id")
                                                    .values(images)
                                                    .build())
                                            .includeDeprecated(true)
                                            .includeDisabled(true)
                                            .overrideConfiguration(limits()))
                                    .images())
                    .stream()
                    .filter(image -> image.imageId() != null)
                    .collect(Collectors.toMap(
                            Image::imageId, image -> String.valueOf(image.stateAsString()), (first, _) -> first));
        }

        private AwsRequestOverrideConfiguration limits() {
            Duration left = Duration.ofNanos(deadline - System.nanoTime());
            if (!left.isPositive()) {
                throw ApiCallTimeoutException.create(patience.toMillis());
            }
            return AwsRequestOverrideConfiguration.builder()
                    .apiCallTimeout(left)
                    .apiCallAttemptTimeout(left)
                    .build();
        }

        private static <T> T read(String action, String subject, Supplier<T> call) {
            try {
                return call.get();
            } catch (SdkException e) {
                throw new Unanswered(AwsFault.of(action, subject, e));
            }
        }
    }

    /// True when a look ended because what it is about is not there.
    static boolean notFound(Unanswered unanswered) {
        return unanswered.fault().kind() == Kind.NOT_FOUND;
    }
}
