package dev.snowmelt.sandbox.aws;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkClient;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.sqs.SqsClient;

/// An AWS account in [moto](https://docs.getmoto.org), an emulator of AWS, with SDK clients for it.
/// Thread-safe.
///
/// It is moto's answers that tests see, not AWS', and they differ. What was seen (5.1.1 and 5.2.1)
/// that matters here:
///
/// - **Time.** Whatever AWS does in seconds to minutes is done when the call returns: a group
///   relaunches at once, a new instance is running and InService, a terminated one is `terminated`.
///   There is no Pending, no Terminating, no lifecycle wait (hooks are stored and change nothing),
///   no grace period, no scaling activity.
/// - **Launch template of an instance.** The entry of an instance in its group (also in
///   DescribeAutoScalingInstances) names the template's *default* version, whichever the instance
///   was launched from, and so do (from 5.2) the tags `aws:ec2launchtemplate:id` and `:version`. In
///   AWS both keep the version of the launch; so does 5.1.1 as CI mends it (`.ci/moto`), without
///   the tags.
/// - **Terminated instances** lose their tag `aws:autoscaling:groupName` and stay in
///   DescribeInstances until a reset; in AWS the tag stays and they are listed for about an hour.
/// - **UpdateAutoScalingGroup** without a MixedInstancesPolicy removes the one that was there; of a
///   policy's overrides only the first counts, and an override's own launch template is stored but
///   not used.
/// - **Pages.** MaxResults of DescribeInstances counts reservations, not instances: a group's launch
///   of 20 is one. DescribeAutoScalingInstances has no pages.
/// - **Missing**: instance refresh (see [InstanceRefreshes]), EC2's events on EventBridge, IAM,
///   throttling, eventual consistency, most validation (an AMI or a key that does not exist is
///   taken). Suspended processes and scale-in protection are stored and not obeyed. Amazon's own
///   AMIs are left away here.
///
/// A test must not rest on any of these.
public final class Moto implements AutoCloseable {

    /// The account that everything is in.
    public static final String ACCOUNT = "123456789012";

    /// The region that the clients here use; moto has all the others, too.
    public static final Region REGION = Region.EU_WEST_1;

    /// A page of 1,000 instances takes moto 5 s on a quiet machine.
    private static final Duration CALL_LIMIT = Duration.ofMinutes(2);

    private final @Nullable MotoProcess process;
    private final URI endpoint;
    private final SdkHttpClient http = Apache5HttpClient.builder()
            .maxConnections(50)
            .socketTimeout(CALL_LIMIT)
            .build();
    private final List<SdkClient> clients = new ArrayList<>();
    private final Ec2Client ec2;
    private final AutoScalingClient autoScaling;
    private final SqsClient sqs;

    private Moto(@Nullable MotoProcess process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
        ec2 = client(Ec2Client.builder());
        autoScaling = client(AutoScalingClient.builder());
        sqs = client(SqsClient.builder());
    }

    /// Why [#open] cannot work here, and what to do about it; empty when it can.
    public static Optional<String> absence() {
        return givenEndpoint().isPresent() || MotoProcess.command().isPresent()
                ? Optional.empty()
                : Optional.of("needs moto, an emulator of AWS, and moto_server is not on the PATH: pip install"
                        + " 'moto[server]', or name its command in SNOWMELT_TEST_MOTO_COMMAND, or a running one in"
                        + " SNOWMELT_TEST_AWS_ENDPOINT");
    }

    /// The emulator at `SNOWMELT_TEST_AWS_ENDPOINT` when that is set, else one of its own, started
    /// with the words of `SNOWMELT_TEST_MOTO_COMMAND` or as `moto_server`; returns when it takes
    /// calls.
    ///
    /// @throws IllegalStateException when there is none ([#absence] says why) or it does not start
    public static Moto open() {
        Optional<URI> given = givenEndpoint();
        if (given.isPresent()) {
            return at(given.get());
        }
        MotoProcess process = MotoProcess.start(MotoProcess.command()
                .orElseThrow(() -> new IllegalStateException(absence().orElseThrow())));
        return new Moto(process, process.endpoint());
    }

    /// An emulator that runs already and is not ended by [#close].
    public static Moto at(URI endpoint) {
        return new Moto(null, endpoint);
    }

    private static Optional<URI> givenEndpoint() {
        return Optional.ofNullable(System.getenv("SNOWMELT_TEST_AWS_ENDPOINT"))
                .filter(text -> !text.isBlank())
                .map(URI::create);
    }

    /// Where it listens, for every service: `http://127.0.0.1:PORT`.
    public URI endpoint() {
        return endpoint;
    }

    /// Id of the target that the account and [#REGION] are: `aws:123456789012:eu-west-1`.
    public static String target() {
        return "aws:" + ACCOUNT + ":" + REGION.id();
    }

    public Ec2Client ec2() {
        return ec2;
    }

    public AutoScalingClient autoScaling() {
        return autoScaling;
    }

    public SqsClient sqs() {
        return sqs;
    }

    /// Makes a client for this emulator: dummy credentials, [#REGION], no retries, 2 minutes a call. It
    /// is closed with this.
    public <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C extends SdkClient> C client(B builder) {
        return client(builder, endpoint);
    }

    /// The same, through something in between, such as a [FaultyProxy].
    public <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C extends SdkClient> C client(
            B builder, URI endpoint) {
        C client = builder.endpointOverride(endpoint)
                .region(REGION)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("testing", "testing")))
                .httpClient(http)
                .overrideConfiguration(settings ->
                        settings.retryStrategy(AwsRetryStrategy.doNotRetry()).apiCallTimeout(CALL_LIMIT))
                .build();
        synchronized (clients) {
            clients.add(client);
        }
        return client;
    }

    /// Forgets everything in every account and region.
    ///
    /// @throws IllegalStateException when the emulator cannot, or does not answer
    public void reset() {
        URI uri = endpoint.resolve("/moto-api/reset");
        try (HttpClient plain = HttpClient.newHttpClient()) {
            HttpResponse<String> response = plain.send(
                    HttpRequest.newBuilder(uri)
                            .timeout(CALL_LIMIT)
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(uri + " answered " + response.statusCode() + ": " + response.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(uri + " does not answer" + lastWords(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while moto was reset", e);
        }
    }

    private String lastWords() {
        return process == null ? "" : "; it last said:\n" + String.join("\n", process.lastOutput());
    }

    @Override
    public void close() {
        synchronized (clients) {
            clients.forEach(SdkClient::close);
        }
        http.close();
        if (process != null) {
            process.close();
        }
    }
}
