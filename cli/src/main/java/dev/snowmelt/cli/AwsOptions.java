package dev.snowmelt.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options that say how to reach an AWS account.
final class AwsOptions {
    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "aws.profile: of ~/.aws/config (the SDK's usual chain).")
    private @Nullable String profile;

    @Option(names = "--role-arn", paramLabel = "ARN", description = "aws.roleArn: role of the account to assume.")
    private @Nullable String roleArn;

    @Option(names = "--external-id", paramLabel = "ID", description = "aws.externalId: what that role asks for.")
    private @Nullable String externalId;

    @Option(
            names = "--aws-endpoint",
            paramLabel = "URL",
            description = "aws.endpoint: instead of AWS' own, for all services.")
    private @Nullable String endpoint;

    void into(Map<String, String> options) {
        put(options, "aws.profile", profile);
        put(options, "aws.roleArn", roleArn);
        put(options, "aws.externalId", externalId);
        put(options, "aws.endpoint", endpoint);
    }

    /// Those that were given.
    List<String> given() {
        List<String> given = new ArrayList<>();
        OnceOptions.add(given, "--profile", profile != null);
        OnceOptions.add(given, "--role-arn", roleArn != null);
        OnceOptions.add(given, "--external-id", externalId != null);
        OnceOptions.add(given, "--aws-endpoint", endpoint != null);
        return given;
    }

    static void put(Map<String, String> options, String key, @Nullable String value) {
        if (value != null) {
            options.put(key, value);
        }
    }
}
