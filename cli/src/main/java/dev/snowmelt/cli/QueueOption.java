package dev.snowmelt.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the events of an AWS account come from.
final class QueueOption {
    @Option(
            names = "--queue-url",
            paramLabel = "URL",
            description = "aws.queueUrl: SQS queue with EventBridge's events (none: polls every aws.poll, 60s).")
    private @Nullable String queueUrl;

    void into(Map<String, String> options) {
        if (queueUrl != null) {
            options.put("aws.queueUrl", queueUrl);
        }
    }
}
