package dev.snowmelt.fingerprint.ec2;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/// Why a call to AWS did not answer with what was asked for.
///
/// @param kind what sort of fault it is
/// @param action the IAM action that was called or, when AWS named another one that is missing,
/// that one, for example `ec2:DescribeInstances`
/// @param code AWS' error code; empty when AWS did not answer
/// @param message AWS' own words, or what happened to the connection; one line
/// @param retryAfter how long AWS asks to wait; null when it does not say
/// @param sentence what happened, to what, and what to do: one sentence for people
public record AwsFault(
        Kind kind,
        String action,
        String code,
        String message,
        @Nullable Duration retryAfter,
        String sentence) {
    private static final int LONGEST_MESSAGE = 300;

    // "… is not authorized to perform: ec2:TerminateInstances on resource: …", in all services.
    private static final Pattern NOT_AUTHORIZED =
            Pattern.compile("not authorized to perform:? *([a-z0-9-]+:[A-Za-z0-9]+)");
    // Auto Scaling's word for a caller without ec2:RunInstances: "Control launch template usage" in its user guide.
    private static final Pattern LAUNCH_TEMPLATE_USE =
            Pattern.compile("not authorized to use launch template", Pattern.CASE_INSENSITIVE);
    private static final String ENCODED = "Encoded authorization failure message:";

    /// Sorts of faults.
    public enum Kind {
        /// Too many requests in a short time. Nothing was done.
        THROTTLED,
        /// The caller may not. Nothing was done.
        DENIED,
        /// There are no credentials, or they are expired or wrong. Nothing was done.
        CREDENTIALS,
        /// What it is about is not there, or not there yet: EC2 is eventually consistent. Nothing
        /// was done.
        NOT_FOUND,
        /// It is in another state than the call needs, or somebody else changes it at the moment.
        /// Nothing was done.
        CONFLICT,
        /// The token of a page is not valid any more: list again from the first page.
        PAGE_EXPIRED,
        /// A dry run: the call would have been carried out.
        WOULD_WORK,
        /// AWS failed. It cannot be told whether anything was done.
        SERVER,
        /// The request certainly did not reach AWS.
        NOT_SENT,
        /// The request may have reached AWS, and no answer came. It cannot be told whether anything
        /// was done.
        NO_ANSWER,
        /// AWS refuses the request itself; repeating it changes nothing. Nothing was done.
        INVALID
    }

    /// @param action the IAM action that was called, for example `ec2:DescribeInstances`
    /// @param subject what it was called for, for example a target, a group or an instance
    public static AwsFault of(String action, String subject, SdkException failure) {
        return failure instanceof SdkServiceException answered
                ? answered(action, subject, answered)
                : unanswered(action, subject, failure);
    }

    /// Whether it is sure that the call changed nothing.
    public boolean nothingWasDone() {
        return kind != Kind.SERVER && kind != Kind.NO_ANSWER;
    }

    private static AwsFault answered(String action, String subject, SdkServiceException failure) {
        AwsErrorDetails details = failure instanceof AwsServiceException aws ? aws.awsErrorDetails() : null;
        String code = details == null || details.errorCode() == null ? "" : details.errorCode();
        String message = details == null || details.errorMessage() == null ? "" : oneLine(details.errorMessage());
        if (message.isEmpty()) {
            message = "HTTP " + failure.statusCode();
        }
        Kind kind = kind(code, message, failure);
        if (kind != Kind.THROTTLED && isForCredentials(details, action)) {
            // A role that cannot be assumed: whatever STS said, the call itself was never made.
            kind = Kind.CREDENTIALS;
        }
        return fault(kind, missing(action, message), subject, code, message, retryAfter(details));
    }

    private static Kind kind(String code, String message, SdkServiceException failure) {
        if (LAUNCH_TEMPLATE_USE.matcher(message).find()) {
            return Kind.DENIED;
        }
        Kind known = AwsCodes.kind(code);
        if (known != null) {
            return known;
        }
        if (failure.isThrottlingException() || code.endsWith("LimitExceededException")) {
            return Kind.THROTTLED;
        }
        // InvalidInstanceID.NotFound, InvalidLaunchTemplateName.NotFoundException, …; Auto Scaling says it in words.
        if (code.endsWith(".NotFound")
                || code.endsWith(".NotFoundException")
                || (code.equals("ValidationError")
                        && message.toLowerCase(Locale.ROOT).contains("not found"))) {
            return Kind.NOT_FOUND;
        }
        if (failure.statusCode() >= 500) {
            return Kind.SERVER;
        }
        return switch (failure.statusCode()) {
            case 401 -> Kind.CREDENTIALS;
            case 403 -> Kind.DENIED;
            default -> Kind.INVALID;
        };
    }

    private static boolean isForCredentials(@Nullable AwsErrorDetails details, String action) {
        String service = details == null || details.serviceName() == null
                ? ""
                : details.serviceName().toLowerCase(Locale.ROOT);
        return (service.equals("sts") && !action.startsWith("sts:")) || service.equals("sso");
    }

    private static String missing(String action, String message) {
        Matcher named = NOT_AUTHORIZED.matcher(message);
        if (named.find()) {
            return named.group(1);
        }
        return LAUNCH_TEMPLATE_USE.matcher(message).find() ? "ec2:RunInstances" : action;
    }

    private static AwsFault unanswered(String action, String subject, SdkException failure) {
        String message = oneLine(innermost(failure));
        Kind kind = Kind.NO_ANSWER;
        if (failure.getMessage() != null && isAboutCredentials(failure.getMessage())) {
            kind = Kind.CREDENTIALS;
            message = oneLine(failure.getMessage());
        } else if (failure instanceof ApiCallTimeoutException || failure instanceof ApiCallAttemptTimeoutException) {
            message = oneLine(String.valueOf(failure.getMessage()));
        } else if (wasNotSent(failure)) {
            kind = Kind.NOT_SENT;
        }
        return fault(kind, action, subject, "", message, null);
    }

    // The SDK has no type for it: these are the words of its providers (default chain, profile, SSO).
    private static boolean isAboutCredentials(String message) {
        return message.contains("Unable to load credentials")
                || message.contains("no credentials for profile")
                || message.contains("Profile file contained no credentials")
                || message.contains("Token is expired")
                || message.contains("Unable to load SSO token")
                || message.contains("SSO session associated with this profile");
    }

    private static boolean wasNotSent(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String name = t.getClass().getSimpleName();
            if (t instanceof ConnectException
                    || t instanceof NoRouteToHostException
                    || t instanceof UnknownHostException
                    || t instanceof SSLHandshakeException
                    // Of the HTTP client, which is not known here: no connection in time, none free in the pool.
                    || name.equals("ConnectTimeoutException")
                    || name.equals("ConnectionRequestTimeoutException")) {
                return true;
            }
        }
        return false;
    }

    private static AwsFault fault(
            Kind kind, String action, String subject, String code, String message, @Nullable Duration retryAfter) {
        String said = code.isEmpty() ? message : code + ": " + message;
        String sentence = switch (kind) {
            case THROTTLED -> "AWS throttles %s of %s (%s); it is asked again later".formatted(action, subject, said);
            case DENIED ->
                "may not %s for %s (%s): allow %s in the policy of the role".formatted(action, subject, said, action);
            case CREDENTIALS ->
                "AWS takes no credentials for %s of %s (%s): renew them, or check profile, role and clock"
                        .formatted(action, subject, said);
            case NOT_FOUND -> "%s of %s finds nothing (%s)".formatted(action, subject, said);
            case CONFLICT -> "%s of %s does not suit its present state (%s)".formatted(action, subject, said);
            case PAGE_EXPIRED ->
                "the list of %s was interrupted (%s): it is listed again from the start".formatted(subject, said);
            case WOULD_WORK -> "%s of %s would be carried out".formatted(action, subject);
            case SERVER -> "AWS failed at %s of %s (%s)".formatted(action, subject, said);
            case NOT_SENT ->
                "%s of %s cannot be sent (%s): check region, endpoint and network".formatted(action, subject, said);
            case NO_ANSWER -> "no answer to %s of %s (%s)".formatted(action, subject, said);
            case INVALID -> "AWS refuses %s of %s (%s)".formatted(action, subject, said);
        };
        return new AwsFault(kind, action, code, message, retryAfter, sentence);
    }

    private static @Nullable Duration retryAfter(@Nullable AwsErrorDetails details) {
        if (details == null || details.sdkHttpResponse() == null) {
            return null;
        }
        String seconds = details.sdkHttpResponse()
                .firstMatchingHeader("Retry-After")
                .map(String::strip)
                .orElse("");
        return seconds.matches("[0-9]{1,6}") ? Duration.ofSeconds(Long.parseLong(seconds)) : null;
    }

    private static String innermost(Throwable failure) {
        Throwable t = failure;
        while (t.getCause() != null) {
            t = t.getCause();
        }
        return t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
    }

    // The encoded part is of no use to people, and long.
    private static String oneLine(String text) {
        int encoded = text.indexOf(ENCODED);
        String line = (encoded < 0 ? text : text.substring(0, encoded))
                .replaceAll("\\s+", " ")
                .strip();
        return line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) + "…" : line;
    }
}
