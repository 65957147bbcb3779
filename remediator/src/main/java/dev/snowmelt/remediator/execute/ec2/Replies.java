package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.v1.Hold.Reason;

/// What AWS' faults mean for an order.
final class Replies {
    private Replies() {}

    /// A request that changes nothing failed. Whatever it was, nothing was done, and a right that is granted or a token
    /// that is renewed later must find the order again.
    static Reply toLook(AwsFault fault) {
        return notNow(fault);
    }

    /// A request that changes something failed.
    static Reply toCall(AwsFault fault) {
        return switch (fault.kind()) {
            case THROTTLED, DENIED, CREDENTIALS, CONFLICT, PAGE_EXPIRED, NOT_SENT -> notNow(fault);
            // It was there when it was looked at: looked at again.
            case NOT_FOUND -> new Reply.Conflict(fault.sentence());
            case SERVER, NO_ANSWER -> new Reply.EffectUnknown(fault.sentence());
            case INVALID, WOULD_WORK -> new Reply.Rejected(fault.sentence());
        };
    }

    static Reply.NotNow notNow(String why) {
        return new Reply.NotNow(Reason.PLATFORM, why, null);
    }

    private static Reply notNow(AwsFault fault) {
        return new Reply.NotNow(Reason.PLATFORM, fault.sentence(), fault.retryAfter());
    }
}
