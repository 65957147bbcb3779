package dev.snowmelt.remediator.execute.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.snowmelt.fingerprint.ec2.AwsFault;
import dev.snowmelt.fingerprint.ec2.AwsFault.Kind;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.sandbox.aws.Fault;
import dev.snowmelt.sandbox.aws.FaultyProxy;
import dev.snowmelt.sandbox.aws.InstanceRefreshes;
import java.net.URI;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;

/// Neither the SDK nor its HTTP client sends a request that changes something a second time when
/// the answer to the first is lost, on a new connection or on one that was used before.
@Timeout(60)
class EachChangeIsSentOnceIT {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final NewVersion VERSION = new NewVersion("lt-0abc", 1, "ami-0600d", 7, "c1");

    // Nothing is ever let through.
    private final FaultyProxy aws = FaultyProxy.before(URI.create("http://127.0.0.1:1"));
    private final LoopbackClients loopback = new LoopbackClients(aws.endpoint());
    private final Changes changes =
            new Changes(loopback.clients().changingEc2(), loopback.clients().changingAutoScaling(), PATIENCE);

    @AfterEach
    void stop() {
        loopback.close();
        aws.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTermination(boolean connected) {
        lostOnce("TerminateInstanceInAutoScalingGroup", connected, () -> changes.terminate("i-0abc"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aVersion(boolean connected) {
        lostOnce("CreateLaunchTemplateVersion", connected, () -> changes.createVersion(VERSION));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anUpdate(boolean connected) {
        AutoScalingGroup web =
                AutoScalingGroup.builder().autoScalingGroupName("web").build();

        lostOnce("UpdateAutoScalingGroup", connected, () -> changes.point(web, "lt-0abc", 2));
    }

    private void lostOnce(String action, boolean connected, ThrowingCallable change) {
        aws.fail(InstanceRefreshes.ACTION, InstanceRefreshes.none());
        aws.fail(action, new Fault.CutBefore());
        if (connected) {
            loopback.clients().autoScaling().describeInstanceRefreshes(request -> request.autoScalingGroupName("web"));
        }

        Kind kind = kind(change);

        assertThat(aws.calls(action)).hasSize(1);
        assertThat(kind).isEqualTo(Kind.NO_ANSWER);
    }

    @Test
    void anAnswerThatComesTooLateIsNotWaitedFor() {
        aws.fail("TerminateInstanceInAutoScalingGroup", new Fault.Delayed(Duration.ofSeconds(30)));
        long before = System.nanoTime();

        Kind kind = kind(() -> changes.terminate("i-0abc"));

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(PATIENCE, Duration.ofSeconds(15));
        assertThat(aws.calls()).hasSize(1);
        assertThat(kind).isEqualTo(Kind.NO_ANSWER);
    }

    @Test
    void whereNobodyListensNothingWasSent() {
        try (var nowhere = new LoopbackClients(URI.create("http://127.0.0.1:1"))) {
            var unreachable = new Changes(
                    nowhere.clients().changingEc2(), nowhere.clients().changingAutoScaling(), PATIENCE);

            AwsFault fault = fault(() -> unreachable.terminate("i-0abc"));

            assertThat(fault.kind()).isEqualTo(Kind.NOT_SENT);
            assertThat(Replies.toCall(fault)).isInstanceOf(Reply.NotNow.class);
        }
    }

    @Test
    void aClientThatRepeatsIsNotTaken() {
        Ec2Clients once = loopback.clients();
        try (AutoScalingClient repeating =
                loopback.client(AutoScalingClient.builder(), AwsRetryStrategy.standardRetryStrategy())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Ec2Clients(once.ec2(), once.autoScaling(), once.changingEc2(), repeating))
                    .withMessageContaining("3 attempts")
                    .withMessageContaining("AwsRetryStrategy.doNotRetry()");
        }
    }

    private static Kind kind(ThrowingCallable change) {
        return fault(change).kind();
    }

    private static AwsFault fault(ThrowingCallable change) {
        try {
            change.call();
        } catch (SdkException e) {
            return AwsFault.of("a:Change", "it", e);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("was answered");
    }
}
