package dev.snowmelt.sandbox.aws;

/// Answers to `DescribeInstanceRefreshes`, which moto does not know (it fails with an internal
/// error), in the XML that the Amazon EC2 Auto Scaling API reference shows. Executors ask before
/// they terminate anything, so an emulator without them needs a [FaultyProxy] that says them:
///
/// ```
/// proxy.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
/// ```
public final class InstanceRefreshes {
    /// The call that is answered.
    public static final String ACTION = "DescribeInstanceRefreshes";

    private InstanceRefreshes() {}

    /// There never was one.
    public static Fault none() {
        return answer("");
    }

    /// There is one.
    ///
    /// @param status `Pending`, `InProgress`, `Successful`, `Failed`, `Cancelling`, `Cancelled`,
    /// `RollbackInProgress`, `RollbackFailed`, `RollbackSuccessful` or `Baking`
    public static Fault one(String group, String status) {
        return answer("""
                <member>
                  <InstanceRefreshId>08b91cf7-8fa6-48af-b6a6-d227f40f1b9b</InstanceRefreshId>
                  <AutoScalingGroupName>%s</AutoScalingGroupName>
                  <Status>%s</Status>
                  <PercentageComplete>25</PercentageComplete>
                  <InstancesToUpdate>15</InstancesToUpdate>
                  <StartTime>2026-11-23T12:00:00Z</StartTime>
                </member>
                """.formatted(group, status));
    }

    private static Fault answer(String members) {
        return new Fault.Answered(200, """
                <DescribeInstanceRefreshesResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
                  <DescribeInstanceRefreshesResult>
                    <InstanceRefreshes>%s</InstanceRefreshes>
                  </DescribeInstanceRefreshesResult>
                  <ResponseMetadata><RequestId>7c6e177f-f082-11e1-ac58-3714bEXAMPLE</RequestId></ResponseMetadata>
                </DescribeInstanceRefreshesResponse>
                """.formatted(members));
    }
}
