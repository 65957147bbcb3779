package dev.snowmelt.remediator.execute.ec2;

import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;

/// The clients that an executor needs for one account and region. All should share one pool of connections: then the
/// connection of a change is as fresh as that of the look before it.
///
/// @param ec2 looks; may repeat by itself, adaptively best
/// @param autoScaling looks; may repeat by itself, adaptively best
/// @param changingEc2 changes something; repeats nothing
/// @param changingAutoScaling changes something; repeats nothing
public record Ec2Clients(
        Ec2Client ec2, AutoScalingClient autoScaling, Ec2Client changingEc2, AutoScalingClient changingAutoScaling) {
    /// @throws IllegalArgumentException when a client that changes something would repeat it by itself
    public Ec2Clients {
        mustNotRepeat(changingEc2.serviceClientConfiguration().overrideConfiguration());
        mustNotRepeat(changingAutoScaling.serviceClientConfiguration().overrideConfiguration());
    }

    private static void mustNotRepeat(ClientOverrideConfiguration configuration) {
        int attempts = configuration
                .retryStrategy()
                .map(strategy -> strategy.maxAttempts())
                .orElse(-1);
        if (attempts != 1) {
            throw new IllegalArgumentException("a client that repeats requests by itself ("
                    + (attempts < 0 ? "the SDK's default strategy" : attempts + " attempts")
                    + ") must not terminate anything: give it AwsRetryStrategy.doNotRetry()");
        }
    }
}
