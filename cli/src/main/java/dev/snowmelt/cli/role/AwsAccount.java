package dev.snowmelt.cli.role;

import dev.snowmelt.cli.config.AwsTarget;
import dev.snowmelt.schemas.id.TargetId;
import java.time.Duration;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFileSupplier;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/// One AWS account and region, and the clients that reach it: all with its credentials, over one pool of connections.
/// Connections are opened, and credentials resolved, by the first call.
///
/// Looks are repeated by the SDK (adaptive: it slows down when AWS throttles); what changes something is sent once,
/// by clients of their own, for an answer that got lost must not lead to a second instance terminated.
public final class AwsAccount implements AutoCloseable {
    /// Connections are made, or never.
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ONE_ATTEMPT = Duration.ofSeconds(20);
    private static final Duration ONE_LOOK = Duration.ofSeconds(60);
    /// A long poll is answered after 20 s when there is nothing.
    private static final Duration ONE_POLL = Duration.ofSeconds(30);
    /// A call that changes something: whoever waits longer knows no more.
    private static final Duration ONE_CHANGE = Duration.ofSeconds(15);

    private static final int CONNECTIONS = 50;

    private final AwsTarget settings;
    private final SdkHttpClient http;
    private final AwsCredentialsProvider credentials;
    private final Deque<SdkAutoCloseable> closing = new ConcurrentLinkedDeque<>();
    private final Ec2Client ec2;
    private final AutoScalingClient autoScaling;
    private final Ec2Client changingEc2;
    private final AutoScalingClient changingAutoScaling;
    private final SqsClient sqs;
    private final StsClient sts;

    private AwsAccount(AwsTarget settings, Optional<AwsCredentialsProvider> given) {
        this.settings = settings;
        // Before there is anything to close: it may refuse.
        AwsCredentialsProvider own =
                given.orElseGet(() -> AwsCredentials.own(settings, ProfileFileSupplier.defaultSupplier()));
        http = opened(Apache5HttpClient.builder()
                .connectionTimeout(CONNECT)
                .socketTimeout(ONE_POLL)
                .maxConnections(CONNECTIONS)
                .build());
        credentials = settings.roleArn()
                .<AwsCredentialsProvider>map(role -> role(role, own))
                .orElse(own);
        ec2 = opened(looking(Ec2Client.builder()).build());
        autoScaling = opened(looking(AutoScalingClient.builder()).build());
        changingEc2 = opened(changing(Ec2Client.builder()).build());
        changingAutoScaling = opened(changing(AutoScalingClient.builder()).build());
        sqs = opened(with(
                        SqsClient.builder(),
                        credentials,
                        AwsRetryStrategy.adaptiveRetryStrategy(),
                        ONE_POLL,
                        ONE_POLL.multipliedBy(2))
                .build());
        // Asked before anything begins: a person, or the other targets of the process, wait for the answer.
        sts = opened(with(
                        StsClient.builder(),
                        credentials,
                        AwsRetryStrategy.standardRetryStrategy(),
                        CONNECT,
                        CONNECT.multipliedBy(2))
                .build());
    }

    /// Opens no connection yet.
    ///
    /// @throws CliException when the profile does not exist
    public static AwsAccount open(AwsTarget settings) {
        return new AwsAccount(settings, Optional.empty());
    }

    /// The same with credentials that were found elsewhere: those of an emulator.
    public static AwsAccount open(AwsTarget settings, AwsCredentialsProvider credentials) {
        return new AwsAccount(settings, Optional.of(credentials));
    }

    private StsAssumeRoleCredentialsProvider role(String role, AwsCredentialsProvider own) {
        StsClient assuming =
                opened(with(StsClient.builder(), own, AwsRetryStrategy.standardRetryStrategy(), ONE_ATTEMPT, ONE_LOOK)
                        .build());
        return opened(AwsCredentials.assumed(settings, role, assuming, "snowmelt"));
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B looking(B builder) {
        return with(builder, credentials, AwsRetryStrategy.adaptiveRetryStrategy(), ONE_ATTEMPT, ONE_LOOK);
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B changing(B builder) {
        return with(builder, credentials, AwsRetryStrategy.doNotRetry(), ONE_CHANGE, ONE_CHANGE);
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B with(
            B builder, AwsCredentialsProvider with, RetryStrategy retries, Duration attempt, Duration whole) {
        builder.httpClient(http)
                .region(Region.of(settings.region()))
                .credentialsProvider(with)
                .overrideConfiguration(override -> override.retryStrategy(retries)
                        .apiCallAttemptTimeout(attempt)
                        .apiCallTimeout(whole));
        settings.endpoint().ifPresent(builder::endpointOverride);
        return builder;
    }

    private <C extends SdkAutoCloseable> C opened(C part) {
        closing.push(part);
        return part;
    }

    /// How it is reached.
    public AwsTarget settings() {
        return settings;
    }

    /// Its id.
    public TargetId target() {
        return settings.target();
    }

    /// Looks at EC2; repeats what failed.
    public Ec2Client ec2() {
        return ec2;
    }

    /// Looks at Auto Scaling; repeats what failed.
    public AutoScalingClient autoScaling() {
        return autoScaling;
    }

    /// Changes something in EC2; repeats nothing.
    public Ec2Client changingEc2() {
        return changingEc2;
    }

    /// Changes something in Auto Scaling; repeats nothing.
    public AutoScalingClient changingAutoScaling() {
        return changingAutoScaling;
    }

    /// Long polls of the queue.
    public SqsClient sqs() {
        return sqs;
    }

    /// Asks AWS whose credentials these are.
    public AwsIdentity identity() {
        return AwsIdentity.ask(settings, credentials, sts);
    }

    @Override
    public void close() {
        for (SdkAutoCloseable part = closing.poll(); part != null; part = closing.poll()) {
            part.close();
        }
    }
}
