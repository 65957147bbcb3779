package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.v1.Hold.Reason;
import java.time.Duration;

/// What AWS' faults mean for an order.
final class Replies {
    private static final Duration MISSING_RIGHT = Duration.ofMinutes(5);

    private Replies() {}

    /// A request that changes nothing failed. Whatever it was, nothing was done, and a right that
    /// is granted or a token that is renewed later must find the order again.
    static Reply toLook(AwsFault fault) {
        return notNow(fault);
    }

    /// A request that changes something failed.
    static Reply toCall(AwsFault fault) {
        return switch (fault.kind()) {
            case THROTTLED, CREDENTIALS, CONFLICT, PAGE_EXPIRED, NOT_SENT -> notNow(fault);
            // A person grants it or does not: asking twice a minute only fills CloudTrail.
            case DENIED -> new Reply.NotNow(Reason.PLATFORM, fault.sentence(), MISSING_RIGHT);
            // It was there when it was looked at: looked at again.
            case NOT_FOUND -> new Reply.Conflict(fault.sentence());
            case SERVER, NO_ANSWER -> new Reply.EffectUnknown(fault.sentence());
            case INVALID, WOULD_WORK -> new Reply.Rejected(fault.sentence());
        };
    }

    /// The same, which also says this.
    static Reply noting(Reply reply, String more) {
        String detail = reply.detail() + "; " + more;
        return switch (reply) {
            case Reply.Accepted _ -> new Reply.Accepted(detail);
            case Reply.Gone _ -> new Reply.Gone(detail);
            case Reply.Conflict _ -> new Reply.Conflict(detail);
            case Reply.Refused _ -> new Reply.Refused(detail);
            case Reply.NotNow why -> new Reply.NotNow(why.by(), detail, why.retryAfter(), why.ofWorkload());
            case Reply.Rejected _ -> new Reply.Rejected(detail);
            case Reply.EffectUnknown _ -> new Reply.EffectUnknown(detail);
            case Reply.Withheld _ -> new Reply.Withheld(detail);
        };
    }

    static Reply.NotNow notNow(String why) {
        return new Reply.NotNow(Reason.PLATFORM, why, null);
    }

    /// In the way of every instance of the group.
    static Reply.NotNow notNowInGroup(String why) {
        return new Reply.NotNow(Reason.PLATFORM, why, null, true);
    }

    /// Limits, credentials and connections are the account's. A right may be missing for one
    /// instance alone.
    private static Reply notNow(AwsFault fault) {
        boolean ofAccount = switch (fault.kind()) {
            case THROTTLED, CREDENTIALS, NOT_SENT -> true;
            case DENIED, CONFLICT, PAGE_EXPIRED, NOT_FOUND, SERVER, NO_ANSWER, INVALID, WOULD_WORK -> false;
        };
        return new Reply.NotNow(Reason.PLATFORM, fault.sentence(), fault.retryAfter(), ofAccount);
    }
}
