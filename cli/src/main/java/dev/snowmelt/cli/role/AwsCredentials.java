package dev.snowmelt.cli.role;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.AwsTarget;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/// Which credentials reach a target. Nothing is resolved here: the SDK does that at the first call, and again before
/// they expire.
final class AwsCredentials {
    private AwsCredentials() {}

    /// Those of the profile, or of the SDK's chain.
    ///
    /// @throws CliException when there is no such profile
    static AwsCredentialsProvider own(AwsTarget settings, Supplier<ProfileFile> profiles) {
        if (settings.profile().isEmpty()) {
            return DefaultCredentialsProvider.builder().build();
        }
        String name = settings.profile().get();
        if (profiles.get().profile(name).isEmpty()) {
            Set<String> known = new TreeSet<>(profiles.get().profiles().keySet());
            throw new CliException(settings.target() + ": there is no profile '" + name
                    + "' in ~/.aws/config or ~/.aws/credentials"
                    + (known.isEmpty() ? "; neither has any." : "; there are: " + String.join(", ", known) + "."));
        }
        // Not the chain with this profile: in it the environment's credentials would win over what was named.
        return ProfileCredentialsProvider.builder()
                .profileName(name)
                .profileFile(profiles)
                .build();
    }

    /// Those of a role, assumed anew before they expire.
    ///
    /// @param sts with the credentials that may assume it
    static StsAssumeRoleCredentialsProvider assumed(AwsTarget settings, String role, StsClient sts, String session) {
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(sts)
                .refreshRequest(request -> request.roleArn(role)
                        .roleSessionName(session)
                        .externalId(settings.externalId().orElse(null)))
                .build();
    }
}
