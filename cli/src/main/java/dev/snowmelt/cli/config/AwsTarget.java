package dev.snowmelt.cli.config;

import dev.snowmelt.schemas.id.TargetId;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// One AWS account and region, and how to reach it.
///
/// @param target its id, which says account and region
/// @param profile of `~/.aws/config` and `~/.aws/credentials`; empty: the SDK's chain (environment,
/// web identity, container, instance)
/// @param roleArn role to assume, in the target's account, with those credentials; empty: none
/// @param externalId what the role's trust policy asks for; empty: nothing
/// @param queueUrl queue with the events of EventBridge; empty: the collector polls
/// @param endpoint stands in for every AWS endpoint: an emulator, an interface endpoint; empty: AWS
/// @param resync time between snapshots, 15 min at most
/// @param poll without a queue, time between looks
/// @param userData hashes of user data are collected too; a call for each new instance
/// @param statusChecks how long EC2's status checks take to tell that an instance does not boot;
/// zero: nothing is checked there, as in an emulator
public record AwsTarget(
        TargetId target,
        Optional<String> profile,
        Optional<String> roleArn,
        Optional<String> externalId,
        Optional<URI> queueUrl,
        Optional<URI> endpoint,
        Duration resync,
        Duration poll,
        boolean userData,
        Duration statusChecks) {

    /// The twelve digits.
    public String account() {
        return target.name().substring(0, target.name().indexOf(':'));
    }

    /// Such as `eu-west-1`.
    public String region() {
        return target.name().substring(target.name().indexOf(':') + 1);
    }
}
