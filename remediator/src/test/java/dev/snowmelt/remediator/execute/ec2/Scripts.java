package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.sandbox.aws.Fault;

/// Answers of AWS in states that moto never is in, in the XML that the API references show.
final class Scripts {
    private Scripts() {}

    /// An instance in its group.
    static Fault member(String instance, String group, String lifecycle) {
        return new Fault.Answered(200, """
                <DescribeAutoScalingInstancesResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
                  <DescribeAutoScalingInstancesResult>
                    <AutoScalingInstances>
                      <member>
                        <InstanceId>%s</InstanceId>
                        <AutoScalingGroupName>%s</AutoScalingGroupName>
                        <AvailabilityZone>eu-west-1a</AvailabilityZone>
                        <LifecycleState>%s</LifecycleState>
                        <HealthStatus>HEALTHY</HealthStatus>
                        <ProtectedFromScaleIn>false</ProtectedFromScaleIn>
                      </member>
                    </AutoScalingInstances>
                  </DescribeAutoScalingInstancesResult>
                </DescribeAutoScalingInstancesResponse>
                """.formatted(instance, group, lifecycle));
    }

    /// A warm pool with one instance.
    static Fault warmPool(String instance, String lifecycle) {
        return new Fault.Answered(200, """
                <DescribeWarmPoolResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
                  <DescribeWarmPoolResult>
                    <WarmPoolConfiguration><MinSize>1</MinSize><PoolState>Stopped</PoolState></WarmPoolConfiguration>
                    <Instances>
                      <member>
                        <InstanceId>%s</InstanceId>
                        <AvailabilityZone>eu-west-1a</AvailabilityZone>
                        <LifecycleState>%s</LifecycleState>
                        <HealthStatus>Healthy</HealthStatus>
                        <ProtectedFromScaleIn>false</ProtectedFromScaleIn>
                      </member>
                    </Instances>
                  </DescribeWarmPoolResult>
                </DescribeWarmPoolResponse>
                """.formatted(instance, lifecycle));
    }

    /// An instance that is on its way out.
    static Fault shuttingDown(String instance) {
        return new Fault.Answered(200, """
                <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
                  <reservationSet><item><instancesSet><item>
                    <instanceId>%s</instanceId>
                    <imageId>ami-0bad</imageId>
                    <instanceState><code>32</code><name>shutting-down</name></instanceState>
                  </item></instancesSet></item></reservationSet>
                </DescribeInstancesResponse>
                """.formatted(instance));
    }

    /// A page of versions of launch templates with none on it, and another page behind it.
    static Fault versionsOnTheNextPage(String token) {
        return new Fault.Answered(200, """
                <DescribeLaunchTemplateVersionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
                  <launchTemplateVersionSet/>
                  <nextToken>%s</nextToken>
                </DescribeLaunchTemplateVersionsResponse>
                """.formatted(token));
    }

    /// A version of a launch template that EC2 has doubts about.
    static Fault doubtfulVersion(String launchTemplate, long version) {
        return new Fault.Answered(200, """
                <CreateLaunchTemplateVersionResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
                  <launchTemplateVersion>
                    <launchTemplateId>%s</launchTemplateId>
                    <versionNumber>%d</versionNumber>
                  </launchTemplateVersion>
                  <warning><errorSet><item>
                    <code>InvalidAMIID.NotFound</code>
                    <message>The image id does not exist</message>
                  </item></errorSet></warning>
                </CreateLaunchTemplateVersionResponse>
                """.formatted(launchTemplate, version));
    }
}
