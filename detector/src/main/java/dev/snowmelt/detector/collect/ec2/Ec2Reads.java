package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.fingerprint.ec2.InstanceFingerprint;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.DescribeAutoScalingGroupsRequest;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceAttributeName;

/// What the collector reads of groups and instances.
///
/// A page is told before the next is asked for. What was there all the time is in one of the pages;
/// what appears or goes meanwhile may be missing.
final class Ec2Reads {
    /// Most names in one DescribeAutoScalingGroups.
    private static final int GROUPS_A_CALL = 100;
    /// Most values of one filter.
    private static final int INSTANCES_A_CALL = 200;
    /// Those that are terminated stay in EC2's answers for about an hour, and are not there any
    /// more.
    private static final List<String> THERE = List.of("pending", "running", "shutting-down", "stopping", "stopped");

    private final Ec2Client ec2;
    private final AutoScalingClient autoScaling;
    private final AwsCalls calls;
    private final Ec2CollectorSettings.Pages pages;

    Ec2Reads(Ec2Client ec2, AutoScalingClient autoScaling, AwsCalls calls, Ec2CollectorSettings.Pages pages) {
        this.ec2 = ec2;
        this.autoScaling = autoScaling;
        this.calls = calls;
        this.pages = pages;
    }

    /// What to do with a page.
    interface Page<T> {
        void take(List<T> page) throws LookException;
    }

    /// All groups, with their instances.
    void groups(Page<AutoScalingGroup> page) throws LookException {
        groups(DescribeAutoScalingGroupsRequest.builder().maxRecords(pages.groups()), page);
    }

    /// Groups by name; one that does not exist is not told.
    void groups(Collection<String> names, Page<AutoScalingGroup> page) throws LookException {
        for (List<String> part : Parts.of(names, GROUPS_A_CALL)) {
            groups(
                    DescribeAutoScalingGroupsRequest.builder()
                            .autoScalingGroupNames(part)
                            .maxRecords(GROUPS_A_CALL),
                    page);
        }
    }

    private void groups(DescribeAutoScalingGroupsRequest.Builder request, Page<AutoScalingGroup> page)
            throws LookException {
        String token = null;
        do {
            String next = token;
            var answer = paged(
                    next,
                    () -> calls.call(
                            "autoscaling:DescribeAutoScalingGroups",
                            () -> autoScaling.describeAutoScalingGroups(
                                    request.nextToken(next).build())));
            page.take(answer.autoScalingGroups());
            token = answer.nextToken();
        } while (token != null && !token.isEmpty());
    }

    /// All instances that are not terminated.
    void instances(Page<Instance> page) throws LookException {
        instances(
                DescribeInstancesRequest.builder()
                        .filters(Filter.builder()
                                .name("instance-state-name")
                                .values(THERE)
                                .build())
                        .maxResults(pages.instances()),
                page);
    }

    /// Instances by id, terminated ones included; one that is not there (yet) is not told. Asked
    /// for by a filter: asked for by id, one that is unknown makes the call fail for all.
    void instances(Collection<String> ids, Page<Instance> page) throws LookException {
        for (List<String> part : Parts.of(ids, INSTANCES_A_CALL)) {
            instances(
                    DescribeInstancesRequest.builder()
                            .filters(Filter.builder()
                                    .name("instance-id")
                                    .values(part)
                                    .build())
                            .maxResults(1000),
                    page);
        }
    }

    private void instances(DescribeInstancesRequest.Builder request, Page<Instance> page) throws LookException {
        String token = null;
        do {
            String next = token;
            DescribeInstancesResponse answer = paged(
                    next,
                    () -> calls.call(
                            "ec2:DescribeInstances",
                            () -> ec2.describeInstances(request.nextToken(next).build())));
            page.take(answer.reservations().stream()
                    .flatMap(reservation -> reservation.instances().stream())
                    .toList());
            token = answer.nextToken();
        } while (token != null && !token.isEmpty());
    }

    /// Hash of an instance's user data.
    String userDataSha256(String instance) throws LookException {
        var answer = calls.call(
                "ec2:DescribeInstanceAttribute",
                () -> ec2.describeInstanceAttribute(
                        request -> request.instanceId(instance).attribute(InstanceAttributeName.USER_DATA)));
        return InstanceFingerprint.userDataSha256(
                answer.userData() == null ? null : answer.userData().value());
    }

    private interface Call<T> {
        T get() throws AwsException;
    }

    // EC2 says of a token that it does not know any more that a parameter is not valid.
    private static <T> T paged(@Nullable String token, Call<T> call) throws LookException {
        try {
            return call.get();
        } catch (AwsException e) {
            if (token != null
                    && e.fault().kind() == AwsFault.Kind.INVALID
                    && e.fault().message().contains("oken")) {
                throw new LookException(e.fault().sentence(), e, true);
            }
            throw e;
        }
    }
}
