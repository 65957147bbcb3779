package dev.snowmelt.remediator.execute.ec2;

import dev.snowmelt.sandbox.aws.Moto;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.ec2.Ec2Client;

/// Clients of one endpoint as an executor has them: adaptive ones that look, others that change, over one pool of
/// connections.
final class LoopbackClients implements AutoCloseable {
    private final URI endpoint;
    private final SdkHttpClient http = Apache5HttpClient.create();
    private final Ec2Clients clients;

    LoopbackClients(URI endpoint) {
        this.endpoint = endpoint;
        this.clients = new Ec2Clients(
                client(Ec2Client.builder(), AwsRetryStrategy.adaptiveRetryStrategy()),
                client(AutoScalingClient.builder(), AwsRetryStrategy.adaptiveRetryStrategy()),
                client(Ec2Client.builder(), AwsRetryStrategy.doNotRetry()),
                client(AutoScalingClient.builder(), AwsRetryStrategy.doNotRetry()));
    }

    Ec2Clients clients() {
        return clients;
    }

    <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder, RetryStrategy retries) {
        return builder.endpointOverride(endpoint)
                .region(Moto.REGION)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("testing", "testing")))
                .httpClient(http)
                .overrideConfiguration(settings -> settings.retryStrategy(retries))
                .build();
    }

    @Override
    public void close() {
        clients.ec2().close();
        clients.autoScaling().close();
        clients.changingEc2().close();
        clients.changingAutoScaling().close();
        http.close();
    }
}
