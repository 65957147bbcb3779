package dev.snowmelt.sandbox.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.SqsException;

@ExtendWith(MotoExtension.class)
class FaultyProxyIT {

    private final Moto moto;
    private final FaultyProxy proxy;
    private final Ec2Client ec2;
    private final AutoScalingClient autoScaling;
    private final SqsClient sqs;

    FaultyProxyIT(Moto moto) {
        this.moto = moto;
        proxy = FaultyProxy.before(moto.endpoint());
        ec2 = moto.client(Ec2Client.builder(), proxy.endpoint());
        autoScaling = moto.client(AutoScalingClient.builder(), proxy.endpoint());
        sqs = moto.client(SqsClient.builder(), proxy.endpoint());
    }

    @BeforeEach
    void empty() {
        moto.reset();
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void recordsWhatIsCalledAndWithWhat() {
        var fleet = new Ec2Fleet(ec2, autoScaling);
        fleet.standalone(fleet.ami("web"));
        sqs.listQueues();
        autoScaling.describeAutoScalingGroups();

        assertThat(proxy.calls())
                .extracting(AwsCall::permission)
                .containsExactly(
                        "ec2:RegisterImage",
                        "ec2:RunInstances",
                        "sqs:ListQueues",
                        "autoscaling:DescribeAutoScalingGroups");
        assertThat(proxy.calls("RegisterImage").getFirst().parameters()).containsEntry("Name", "web");
    }

    @Test
    void refusesAsEachServiceDoes() {
        proxy.fail("DescribeInstances", Fault.throttled());
        proxy.fail("DescribeAutoScalingGroups", Fault.accessDenied("autoscaling:DescribeAutoScalingGroups"));
        proxy.fail("ListQueues", Fault.expiredToken());

        assertThatThrownBy(() -> ec2.describeInstances()).isInstanceOfSatisfying(Ec2Exception.class, e -> {
            assertThat(e.statusCode()).isEqualTo(503);
            assertThat(e.awsErrorDetails().errorCode()).isEqualTo("RequestLimitExceeded");
        });
        assertThatThrownBy(() -> autoScaling.describeAutoScalingGroups())
                .isInstanceOfSatisfying(AutoScalingException.class, e -> {
                    assertThat(e.statusCode()).isEqualTo(403);
                    assertThat(e.awsErrorDetails().errorCode()).isEqualTo("AccessDenied");
                    assertThat(e.awsErrorDetails().errorMessage()).contains("autoscaling:DescribeAutoScalingGroups");
                });
        assertThatThrownBy(() -> sqs.listQueues())
                .isInstanceOfSatisfying(
                        SqsException.class,
                        e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("ExpiredToken"));
    }

    @Test
    void failsTheCallsThatItIsToldToAndNoOthers() {
        proxy.fail("DescribeInstances", 1, 1, Fault.internalError());

        ec2.describeInstances();
        assertThatThrownBy(() -> ec2.describeInstances()).isInstanceOf(Ec2Exception.class);
        ec2.describeInstances();
        assertThat(proxy.calls("DescribeInstances")).hasSize(3);
    }

    @Test
    void cutBeforeDoesNothingAndCutAfterDoesIt() {
        var fleet = new Ec2Fleet(ec2, autoScaling);
        proxy.fail("RegisterImage", 0, 1, new Fault.CutBefore());
        proxy.fail("RegisterImage", 0, 1, new Fault.CutAfter());

        assertThatThrownBy(() -> fleet.ami("never")).isInstanceOf(SdkClientException.class);
        assertThatThrownBy(() -> fleet.ami("unknown")).isInstanceOf(SdkClientException.class);

        assertThat(moto.ec2().describeImages().images())
                .extracting(image -> image.name())
                .containsExactly("unknown");
    }

    @Test
    void delayedCallOutlastsTheClientsPatience() {
        proxy.fail("DescribeInstances", new Fault.Delayed(Duration.ofSeconds(30)));

        assertThatThrownBy(() -> ec2.describeInstances(
                        ask -> ask.overrideConfiguration(limits -> limits.apiCallTimeout(Duration.ofMillis(300)))))
                .isInstanceOf(ApiCallTimeoutException.class);
    }

    @Test
    void somethingHappensWhileACallIsOnItsWay() {
        var fleet = new Ec2Fleet(ec2, autoScaling);
        String instance = fleet.standalone(fleet.ami("web"));
        var happened = new AtomicBoolean();
        proxy.fail("DescribeInstances", 0, 1, new Fault.Meanwhile(() -> {
            new Ec2Fleet(moto).terminate(instance);
            happened.set(true);
        }));

        assertThat(fleet.instance(instance).state().nameAsString()).isEqualTo("terminated");
        assertThat(happened).isTrue();
    }

    @Test
    void remembersAnswersByTheirParameters() {
        var fleet = new Ec2Fleet(ec2, autoScaling);
        String template = fleet.launchTemplate("web", fleet.ami("web"));
        fleet.group("one", 1, template, "1");
        fleet.group("two", 1, template, "1");
        proxy.remember();
        assertThat(fleet.instances("one")).hasSize(1);

        new Ec2Fleet(moto).resize("one", 2);

        assertThat(fleet.instances("one")).hasSize(1);
        assertThat(fleet.describe("two").autoScalingGroupName()).isEqualTo("two");
    }

    @Test
    void queueCountsWhatIsNotDoneAndGivesUpOnWhatIsLeft() {
        EventQueue queue = EventQueue.create(moto.sqs(), "events", Duration.ZERO, 1);
        Instant at = Instant.parse("2026-11-23T12:00:00Z");
        queue.send(AwsEvents.stateChange(at, "i-0abc", "running"), AwsEvents.startSession(at, "i-0abc"));
        assertThat(queue.waiting()).isEqualTo(2);

        moto.sqs().receiveMessage(receive -> receive.queueUrl(queue.url()).maxNumberOfMessages(10));
        moto.sqs().receiveMessage(receive -> receive.queueUrl(queue.url()).maxNumberOfMessages(10));

        assertThat(queue.waiting()).isZero();
        assertThat(queue.deadLetters()).isEqualTo(2);
    }
}
