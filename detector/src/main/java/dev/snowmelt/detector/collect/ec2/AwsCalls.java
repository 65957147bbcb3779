package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.schemas.id.TargetId;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/// Calls to AWS, counted, and with one sentence for people when they fail.
final class AwsCalls {
    private final TargetId target;
    private final Ec2Metrics metrics;

    AwsCalls(TargetId target, Ec2Metrics metrics) {
        this.target = target;
        this.metrics = metrics;
    }

    /// @param action the IAM action that the call needs
    /// @throws AwsException when it failed; when it was interrupted, with the thread's flag set
    <T> T call(String action, Supplier<T> call) throws AwsException {
        metrics.call(action);
        try {
            return call.get();
        } catch (AbortedException e) {
            Thread.currentThread().interrupt();
            throw failed(action, e);
        } catch (SdkException e) {
            throw failed(action, e);
        }
    }

    private AwsException failed(String action, SdkException e) {
        AwsFault fault = AwsFault.of(action, target.toString(), e);
        metrics.failed(action, fault.kind());
        return new AwsException(fault, e);
    }
}
