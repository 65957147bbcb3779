package dev.snowmelt.fingerprint.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.fingerprint.ec2.AwsFault.Kind;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpResponse;

class AwsFaultTest {
    private static final String ACTION = "autoscaling:TerminateInstanceInAutoScalingGroup";

    @ParameterizedTest
    @CsvSource({
        "503, RequestLimitExceeded, Request limit exceeded., THROTTLED",
        "400, Throttling, Rate exceeded, THROTTLED",
        "429, '', '', THROTTLED",
        "503, Unavailable, The server is overloaded and can't handle the request., THROTTLED",
        "403, UnauthorizedOperation, You are not authorized to perform this operation., DENIED",
        "403, AccessDenied, no, DENIED",
        "403, SomethingNew, no, DENIED",
        "401, AuthFailure, AWS was not able to validate the provided access credentials, CREDENTIALS",
        "403, ExpiredToken, The security token included in the request is expired, CREDENTIALS",
        "403, InvalidClientTokenId, The security token included in the request is invalid., CREDENTIALS",
        "400, RequestExpired, Request has expired., CREDENTIALS",
        "400, InvalidInstanceID.NotFound, The instance ID 'i-0abc' does not exist, NOT_FOUND",
        "400, InvalidLaunchTemplateId.NotFoundException, no, NOT_FOUND",
        "400, InvalidLaunchTemplateId.VersionNotFound, no, NOT_FOUND",
        "400, ValidationError, AutoScalingGroup name not found - AutoScalingGroup 'web' not found, NOT_FOUND",
        "400, ValidationError, '1 validation error detected', INVALID",
        "400, ScalingActivityInProgress, Activity is in progress., CONFLICT",
        "500, ResourceContention, You already have a pending update, CONFLICT",
        "400, IncorrectInstanceState, no, CONFLICT",
        "400, InvalidNextToken, The NextToken value is not valid., PAGE_EXPIRED",
        "400, InvalidPaginationToken, expired, PAGE_EXPIRED",
        "412, DryRunOperation, 'Request would have succeeded, but DryRun flag is set.', WOULD_WORK",
        "500, InternalError, An internal error has occurred., SERVER",
        "503, ServiceUnavailable, temporary failure, SERVER",
        "502, '', '', SERVER",
        "400, InvalidParameterValue, no, INVALID",
        "400, InvalidAMIID.Malformed, no, INVALID",
    })
    void tellsAnswersApart(int status, String code, String message, Kind expected) {
        AwsFault fault = AwsFault.of(ACTION, "web", answered("AutoScaling", status, code, message));

        assertThat(fault.kind()).isEqualTo(expected);
        assertThat(fault.nothingWasDone()).isEqualTo(expected != Kind.SERVER);
        assertThat(fault.sentence()).isNotBlank().doesNotContain("\n");
    }

    @Test
    void namesTheActionThatIsMissingRatherThanTheOneThatWasCalled() {
        AwsFault fault = AwsFault.of(
                "ec2:CreateLaunchTemplateVersion",
                "lt-0abc",
                answered(
                        "Ec2",
                        403,
                        "UnauthorizedOperation",
                        "You are not authorized to perform this operation. User: arn:aws:iam::1:user/x is not authorized to"
                                + " perform: ec2:CreateTags on resource: arn:aws:ec2:… because no identity-based policy"
                                + " allows the ec2:CreateTags action. Encoded authorization failure message: "
                                + "x".repeat(900)));

        assertThat(fault.action()).isEqualTo("ec2:CreateTags");
        assertThat(fault.sentence())
                .startsWith("may not ec2:CreateTags for lt-0abc (UnauthorizedOperation: You are not authorized")
                .endsWith("allow ec2:CreateTags in the policy of the role")
                .doesNotContain("xxx");
    }

    @Test
    void namesTheCalledActionWhenAwsNamesNone() {
        AwsFault fault = AwsFault.of(
                "ec2:DescribeInstances",
                "aws:1:eu-west-1",
                answered("Ec2", 403, "UnauthorizedOperation", "You are not authorized to perform this operation."));

        assertThat(fault.action()).isEqualTo("ec2:DescribeInstances");
        assertThat(fault.sentence()).contains("may not ec2:DescribeInstances for aws:1:eu-west-1");
    }

    @Test
    void takesAutoScalingsWordForAMissingRunInstances() {
        AwsFault fault = AwsFault.of(
                "autoscaling:UpdateAutoScalingGroup",
                "web",
                answered(
                        "AutoScaling",
                        400,
                        "ValidationError",
                        "You are not authorized to use launch template: lt-0abc"));

        assertThat(fault.kind()).isEqualTo(Kind.DENIED);
        assertThat(fault.action()).isEqualTo("ec2:RunInstances");
    }

    @Test
    void blamesCredentialsWhenTheRoleCannotBeAssumed() {
        AwsFault fault = AwsFault.of(
                ACTION,
                "web",
                answered(
                        "Sts",
                        403,
                        "AccessDenied",
                        "User: arn:aws:iam::1:user/x is not authorized to perform: sts:AssumeRole on resource: r"));

        assertThat(fault.kind()).isEqualTo(Kind.CREDENTIALS);
        assertThat(fault.action()).isEqualTo("sts:AssumeRole");
    }

    @Test
    void keepsHowLongAwsAsksToWait() {
        AwsErrorDetails details = AwsErrorDetails.builder()
                .errorCode("RequestLimitExceeded")
                .sdkHttpResponse(SdkHttpResponse.builder()
                        .statusCode(503)
                        .putHeader("Retry-After", "7")
                        .build())
                .build();

        AwsFault fault = AwsFault.of(
                ACTION,
                "web",
                AwsServiceException.builder()
                        .awsErrorDetails(details)
                        .statusCode(503)
                        .build());

        assertThat(fault.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void isSureThatNothingWasSentOnlyWhenNoConnectionWasMade() {
        assertThat(kind(new ConnectException("Connection refused"))).isEqualTo(Kind.NOT_SENT);
        assertThat(kind(new UnknownHostException("ec2.nowhere.amazonaws.com"))).isEqualTo(Kind.NOT_SENT);
        assertThat(kind(new SocketTimeoutException("Read timed out"))).isEqualTo(Kind.NO_ANSWER);
        assertThat(kind(new SocketException("Connection reset"))).isEqualTo(Kind.NO_ANSWER);
        assertThat(AwsFault.of(ACTION, "web", ApiCallTimeoutException.create(2_000))
                        .kind())
                .isEqualTo(Kind.NO_ANSWER);
    }

    @Test
    void saysWhatToDoWithoutCredentials() {
        AwsFault fault = AwsFault.of(
                ACTION,
                "web",
                SdkClientException.create(
                        "Unable to load credentials from any of the providers in the chain AwsCredentialsProviderChain"));

        assertThat(fault.kind()).isEqualTo(Kind.CREDENTIALS);
        assertThat(fault.nothingWasDone()).isTrue();
        assertThat(fault.sentence()).contains("renew them, or check profile, role and clock");
    }

    /// Nobody signed in with `aws sso login`: waiting changes nothing.
    @Test
    void aTokenThatIsNotThereIsAboutCredentials() {
        assertThat(AwsFault.of(ACTION, "web", SdkClientException.create("Unable to load SSO token"))
                        .kind())
                .isEqualTo(Kind.CREDENTIALS);
    }

    private static Kind kind(Exception cause) {
        return AwsFault.of(ACTION, "web", SdkClientException.create("Unable to execute HTTP request", cause))
                .kind();
    }

    private static SdkException answered(String service, int status, String code, String message) {
        return AwsServiceException.builder()
                .awsErrorDetails(AwsErrorDetails.builder()
                        .serviceName(service)
                        .errorCode(code)
                        .errorMessage(message)
                        .build())
                .statusCode(status)
                .build();
    }
}
