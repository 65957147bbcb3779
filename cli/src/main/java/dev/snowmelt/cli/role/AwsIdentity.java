package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.fingerprint.ec2.AwsFault;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/// Whose credentials a target was given. A collector with another account's credentials would see
/// that account's instances as the target's, and call the target's own gone; so nothing is begun
/// before this is [Confirmed].
public sealed interface AwsIdentity {
    /// They are of the target's account.
    ///
    /// @param arn who they are
    record Confirmed(String arn) implements AwsIdentity {}

    /// They are of another account, refused, or there are none: only a person can mend that.
    ///
    /// @param line one sentence
    record Refused(String line) implements AwsIdentity {}

    /// Nobody answered; that may pass.
    ///
    /// @param line one sentence
    record Unanswered(String line) implements AwsIdentity {}

    /// Resolves the credentials and asks STS about them.
    static AwsIdentity ask(AwsTarget settings, AwsCredentialsProvider credentials, StsClient sts) {
        try {
            var _ = credentials.resolveCredentials();
        } catch (SdkException e) {
            return settings.roleArn()
                    .map(role -> failed(settings, AwsFault.of("sts:AssumeRole", role, e)))
                    .orElseGet(() -> failed(settings, AwsFault.of("sts:GetCallerIdentity", "the credentials", e)));
        }
        try {
            return of(settings, sts.getCallerIdentity());
        } catch (SdkException e) {
            return failed(settings, AwsFault.of("sts:GetCallerIdentity", "the credentials", e));
        }
    }

    private static AwsIdentity of(AwsTarget settings, GetCallerIdentityResponse answer) {
        return settings.account().equals(answer.account())
                ? new Confirmed(String.valueOf(answer.arn()))
                : new Refused(settings.target() + ": the credentials are of account " + answer.account() + " ("
                        + answer.arn() + "), not of " + settings.account()
                        + ": use another profile or role, or correct the target");
    }

    private static AwsIdentity failed(AwsTarget settings, AwsFault fault) {
        String line = settings.target() + ": " + sentence(settings, fault);
        return switch (fault.kind()) {
            case THROTTLED, SERVER, NOT_SENT, NO_ANSWER -> new Unanswered(line);
            case DENIED, CREDENTIALS, NOT_FOUND, CONFLICT, PAGE_EXPIRED, WOULD_WORK, INVALID -> new Refused(line);
        };
    }

    /// Where no service refused anything, the SDK only lists all the places in which it found
    /// nothing.
    private static String sentence(AwsTarget settings, AwsFault fault) {
        if (fault.kind() != AwsFault.Kind.CREDENTIALS || !fault.code().isEmpty()) {
            return fault.sentence();
        }
        return settings.profile()
                .map(profile -> "the profile '" + profile + "' gives no credentials (" + fault.message() + ")"
                        + (isAboutSignIn(fault.message()) ? ": aws sso login --profile " + profile : ""))
                .orElse("no AWS credentials were found: set --profile (aws.profile), AWS_PROFILE or AWS_ACCESS_KEY_ID,"
                        + " or give the machine or the pod a role");
    }

    /// Words of the SDK's providers of tokens for IAM Identity Center, which has no type for it
    /// either.
    private static boolean isAboutSignIn(String message) {
        return message.contains("SSO") || message.contains("Token is expired");
    }
}
