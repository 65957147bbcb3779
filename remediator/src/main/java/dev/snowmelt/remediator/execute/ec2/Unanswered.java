package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault;

/// A look of several calls ends, because one of them did not answer with what was asked for. Never leaves this package.
final class Unanswered extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient AwsFault fault;

    Unanswered(AwsFault fault) {
        super(fault.sentence());
        this.fault = fault;
    }

    AwsFault fault() {
        return fault;
    }
}
