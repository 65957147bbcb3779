package dev.snowmelt.fingerprint.ec2;

import dev.snowmelt.fingerprint.ec2.AwsFault.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What AWS' error codes mean.
///
/// Sources: "Error codes for the Amazon EC2 API", and "Common Errors" of the API references of
/// Amazon EC2 Auto Scaling, SQS and STS.
final class AwsCodes {
    private static final Map<String, Kind> KINDS = kinds(Map.of(
            Kind.THROTTLED,
            Set.of(
                    "RequestLimitExceeded",
                    "Throttling",
                    "ThrottlingException",
                    "ThrottledException",
                    "RequestThrottled",
                    "RequestThrottledException",
                    "TooManyRequestsException",
                    "EC2ThrottledException",
                    "BandwidthLimitExceeded",
                    "SlowDown",
                    "OverLimit",
                    // "The server is overloaded and can't handle the request."
                    "Unavailable"),
            Kind.DENIED,
            Set.of(
                    "UnauthorizedOperation",
                    "AccessDenied",
                    "AccessDeniedException",
                    "NotAuthorized",
                    "OptInRequired",
                    "Blocked",
                    "PendingVerification",
                    "ServiceLinkedRoleFailure"),
            Kind.CREDENTIALS,
            Set.of(
                    "AuthFailure",
                    "ExpiredToken",
                    "ExpiredTokenException",
                    "InvalidClientTokenId",
                    "InvalidAccessKeyId",
                    "InvalidToken",
                    "UnrecognizedClientException",
                    "MissingAuthenticationToken",
                    "MissingAuthenticationTokenException",
                    "IncompleteSignature",
                    "SignatureDoesNotMatch",
                    "InvalidSignatureException",
                    "RequestExpired",
                    "RequestTimeTooSkewed"),
            Kind.NOT_FOUND,
            Set.of(
                    "InvalidLaunchTemplateId.VersionNotFound",
                    "AWS.SimpleQueueService.NonExistentQueue",
                    "QueueDoesNotExist",
                    "NonExistentQueue"),
            Kind.CONFLICT,
            Set.of(
                    "AlreadyExists",
                    "ScalingActivityInProgress",
                    "ResourceContention",
                    "ResourceInUse",
                    "InstanceRefreshInProgress",
                    "IncorrectState",
                    "IncorrectInstanceState",
                    "OperationNotPermitted",
                    "IdempotentParameterMismatch"),
            Kind.PAGE_EXPIRED,
            Set.of("InvalidPaginationToken", "InvalidNextToken", "ExpiredNextToken"),
            Kind.WOULD_WORK,
            Set.of("DryRunOperation"),
            Kind.SERVER,
            Set.of("InternalError", "InternalFailure", "InternalServiceError", "ServiceUnavailable")));

    private AwsCodes() {}

    private static Map<String, Kind> kinds(Map<Kind, Set<String>> codes) {
        var kinds = new HashMap<String, Kind>();
        codes.forEach((kind, all) -> all.forEach(code -> kinds.put(code, kind)));
        return Map.copyOf(kinds);
    }

    /// Null: the code alone does not tell.
    static @Nullable Kind kind(String code) {
        return KINDS.get(code);
    }
}
