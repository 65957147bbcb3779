package dev.snowmelt.sandbox.aws;

import java.time.Duration;

/// What a [FaultyProxy] does with a call.
public sealed interface Fault {

    /// AWS refuses it; nothing was done.
    ///
    /// @param status of HTTP
    /// @param code AWS' error code: `RequestLimitExceeded`
    record Refused(int status, String code, String message) implements Fault {}

    /// The connection ends before the call reaches AWS; nothing was done.
    record CutBefore() implements Fault {}

    /// The call is carried out and the connection ends before the answer.
    record CutAfter() implements Fault {}

    /// The call reaches AWS so much later, whether or not the client still waits.
    record Delayed(Duration by) implements Fault {}

    /// Something else happens first, while the call is on its way.
    record Meanwhile(Runnable event) implements Fault {}

    /// It is answered by this, instead of by AWS: for what an emulator does not know.
    ///
    /// @param status of HTTP
    /// @param body XML, or JSON for SQS
    record Answered(int status, String body) implements Fault {}

    /// Too many calls, as EC2 says it.
    static Fault throttled() {
        return new Refused(503, "RequestLimitExceeded", "Request limit exceeded.");
    }

    /// Too many calls, as Auto Scaling says it.
    static Fault rateExceeded() {
        return new Refused(400, "Throttling", "Rate exceeded");
    }

    /// No permission, as EC2 says it.
    static Fault unauthorized() {
        return new Refused(403, "UnauthorizedOperation", "You are not authorized to perform this operation.");
    }

    /// No permission, as Auto Scaling, SQS and STS say it.
    ///
    /// @param permission `autoscaling:TerminateInstanceInAutoScalingGroup`
    static Fault accessDenied(String permission) {
        return new Refused(
                403,
                "AccessDenied",
                "User: arn:aws:iam::" + Moto.ACCOUNT + ":user/snow is not authorized to perform: " + permission
                        + " because no identity-based policy allows the " + permission + " action");
    }

    /// Temporary credentials that ended, as EC2 says it.
    static Fault expired() {
        return new Refused(400, "RequestExpired", "Request has expired.");
    }

    /// Temporary credentials that ended, as Auto Scaling, SQS and STS say it.
    static Fault expiredToken() {
        return new Refused(403, "ExpiredToken", "The security token included in the request is expired");
    }

    /// AWS has trouble of its own.
    static Fault internalError() {
        return new Refused(500, "InternalError", "An internal error has occurred.");
    }
}
