package dev.snowmelt.cli.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.schemas.id.TargetId;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.profiles.ProfileFile;

/// Whose credentials a target has, as STS says it, and one clear line for whatever is wrong.
@ExtendWith(MotoExtension.class)
class AwsIdentityIT {
    private static final AwsCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("testing", "testing"));

    @Test
    void credentialsOfTheTargetsAccountAreConfirmed(Moto moto) {
        try (var account = AwsAccount.open(target(Moto.target(), moto.endpoint()), CREDENTIALS)) {
            assertThat(account.identity()).isInstanceOf(AwsIdentity.Confirmed.class);
        }
    }

    @Test
    void credentialsOfAnotherAccountAreRefusedWithBothIds(Moto moto) {
        try (var account = AwsAccount.open(target("aws:222222222222:eu-west-1", moto.endpoint()), CREDENTIALS)) {
            assertThat(account.identity())
                    .isInstanceOfSatisfying(
                            AwsIdentity.Refused.class,
                            refused -> assertThat(refused.line())
                                    .startsWith("aws:222222222222:eu-west-1: the credentials are of account "
                                            + Moto.ACCOUNT)
                                    .contains("not of 222222222222")
                                    .doesNotContain("\n"));
        }
    }

    @Test
    void aRoleLeadsIntoAnotherAccount(Moto moto) {
        AwsTarget target = withRole(target("aws:222222222222:us-east-1", moto.endpoint()));

        try (var account = AwsAccount.open(target, CREDENTIALS)) {
            assertThat(account.identity())
                    .isInstanceOfSatisfying(
                            AwsIdentity.Confirmed.class,
                            confirmed -> assertThat(confirmed.arn())
                                    .startsWith("arn:aws:sts::222222222222:assumed-role/snowmelt/snowmelt"));
        }
    }

    @Test
    void aRoleThatIsNotGivenNamesTheAction() throws IOException {
        try (var sts = new Answering(403, """
                <ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: me is not authorized to
                perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/snowmelt</Message></Error></ErrorResponse>
                """)) {
            try (var account =
                    AwsAccount.open(withRole(target("aws:222222222222:us-east-1", sts.endpoint())), CREDENTIALS)) {
                assertThat(account.identity())
                        .isInstanceOfSatisfying(
                                AwsIdentity.Refused.class,
                                refused -> assertThat(refused.line())
                                        .startsWith("aws:222222222222:us-east-1: ")
                                        .contains("sts:AssumeRole")
                                        .contains("arn:aws:iam::222222222222:role/snowmelt")
                                        .contains("AccessDenied"));
            }
        }
    }

    @Test
    void expiredCredentialsAreRefused() throws IOException {
        try (var sts = new Answering(403, """
                <ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in
                the request is expired</Message></Error></ErrorResponse>
                """)) {
            try (var account = AwsAccount.open(target(Moto.target(), sts.endpoint()), CREDENTIALS)) {
                assertThat(account.identity())
                        .isInstanceOfSatisfying(
                                AwsIdentity.Refused.class,
                                refused -> assertThat(refused.line()).contains("ExpiredToken"));
            }
        }
    }

    @Test
    void whereNobodyListensItMayPass() throws IOException {
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        try (var account =
                AwsAccount.open(target(Moto.target(), URI.create("http://127.0.0.1:" + closed)), CREDENTIALS)) {
            assertThat(account.identity())
                    .isInstanceOfSatisfying(
                            AwsIdentity.Unanswered.class,
                            unanswered -> assertThat(unanswered.line())
                                    .startsWith(Moto.target() + ": sts:GetCallerIdentity")
                                    .contains("Connection refused"));
        }
    }

    @Test
    void withoutCredentialsItIsSaidWhereTheyCouldBe() {
        var none = AwsCredentialsProviderChain.of(() -> {
            throw software.amazon.awssdk.core.exception.SdkClientException.create("nothing here");
        });
        try (var account = AwsAccount.open(target(Moto.target(), URI.create("http://127.0.0.1:9")), none)) {
            assertThat(account.identity())
                    .isInstanceOfSatisfying(
                            AwsIdentity.Refused.class,
                            refused -> assertThat(refused.line())
                                    .isEqualTo(
                                            Moto.target()
                                                    + ": no AWS credentials were found: set --profile (aws.profile),"
                                                    + " AWS_PROFILE or AWS_ACCESS_KEY_ID, or give the machine or the pod a role"));
        }
    }

    @Test
    void anUnknownProfileIsToldWithTheKnownOnes() {
        AwsTarget plain = target(Moto.target(), URI.create("http://127.0.0.1:9"));
        var target = new AwsTarget(
                plain.target(),
                Optional.of("prdo"),
                plain.roleArn(),
                plain.externalId(),
                plain.queueUrl(),
                plain.endpoint(),
                plain.resync(),
                plain.poll(),
                false,
                Duration.ZERO);
        ProfileFile file = ProfileFile.builder()
                .content("[dev]\naws_access_key_id=a\naws_secret_access_key=b\n[prod]\nregion=eu-west-1\n")
                .type(ProfileFile.Type.CREDENTIALS)
                .build();

        assertThatThrownBy(() -> AwsCredentials.own(target, () -> file))
                .isInstanceOf(CliException.class)
                .hasMessage(Moto.target() + ": there is no profile 'prdo' in ~/.aws/config or ~/.aws/credentials;"
                        + " there are: dev, prod.");
    }

    /// The SDK's own words for a module that is missing would tell nobody what to do.
    @Test
    void aProfileOfSingleSignOnWantsALogin() {
        AwsTarget target = withProfile(target(Moto.target(), URI.create("http://127.0.0.1:9")), "people");
        ProfileFile file = ProfileFile.builder()
                .content("""
                        [profile people]
                        sso_session = snowmelt-test-without-a-login
                        sso_account_id = 123456789012
                        sso_role_name = Reader
                        [sso-session snowmelt-test-without-a-login]
                        sso_region = eu-west-1
                        sso_start_url = https://example.invalid/start
                        """)
                .type(ProfileFile.Type.CONFIGURATION)
                .build();

        try (var account = AwsAccount.open(target, AwsCredentials.own(target, () -> file))) {
            assertThat(account.identity())
                    .isInstanceOfSatisfying(
                            AwsIdentity.Refused.class,
                            refused -> assertThat(refused.line())
                                    .startsWith(Moto.target() + ": the profile 'people' gives no credentials")
                                    .endsWith("aws sso login --profile people"));
        }
    }

    private static AwsTarget withProfile(AwsTarget target, String profile) {
        return new AwsTarget(
                target.target(),
                Optional.of(profile),
                target.roleArn(),
                target.externalId(),
                target.queueUrl(),
                target.endpoint(),
                target.resync(),
                target.poll(),
                false,
                Duration.ZERO);
    }

    private static AwsTarget target(String id, URI endpoint) {
        return new AwsTarget(
                TargetId.parse(id),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(endpoint),
                Duration.ofMinutes(10),
                Duration.ofSeconds(60),
                false,
                Duration.ZERO);
    }

    private static AwsTarget withRole(AwsTarget target) {
        return new AwsTarget(
                target.target(),
                target.profile(),
                Optional.of("arn:aws:iam::" + target.account() + ":role/snowmelt"),
                Optional.of("external"),
                target.queueUrl(),
                target.endpoint(),
                target.resync(),
                target.poll(),
                false,
                Duration.ZERO);
    }

    /// Answers everything alike, as STS would.
    private static final class Answering implements AutoCloseable {
        private final HttpServer server;

        Answering(int status, String body) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(status, bytes.length);
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(bytes);
                }
            });
            server.start();
        }

        URI endpoint() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
