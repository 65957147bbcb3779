package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.LookException;
import dev.snowmelt.fingerprint.ec2.AwsFault;
import software.amazon.awssdk.core.exception.SdkException;

/// AWS did not tell what was asked.
final class AwsException extends LookException {
    private static final long serialVersionUID = 1;

    private final transient AwsFault fault;

    AwsException(AwsFault fault, SdkException cause) {
        super(fault.sentence(), cause, fault.kind() == AwsFault.Kind.PAGE_EXPIRED);
        this.fault = fault;
    }

    AwsFault fault() {
        return fault;
    }
}
