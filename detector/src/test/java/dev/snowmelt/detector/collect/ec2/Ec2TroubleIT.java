package dev.snowmelt.detector.collect.ec2;

import static dev.snowmelt.detector.collect.ec2.AwsFixture.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorHealth;
import dev.snowmelt.sandbox.aws.AwsEvents;
import dev.snowmelt.sandbox.aws.Fault;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.v1.Observation;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ec2.Ec2Client;

/// What can go wrong between the collector and AWS.
@ExtendWith(MotoExtension.class)
class Ec2TroubleIT {
    private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");
    private static EmbeddedKafka kafka;
    private AwsFixture aws;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void emptyAccount(Moto moto) {
        aws = new AwsFixture(kafka, moto, Duration.ofSeconds(2));
    }

    @AfterEach
    void close() {
        aws.close();
    }

    private void awaitProblem(Collector collector, String... words) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().problem()).contains(words));
    }

    @ParameterizedTest
    @CsvSource({
        "DescribeInstances,             403, UnauthorizedOperation, ec2:DescribeInstances",
        "DescribeAutoScalingGroups,     403, AccessDenied,          autoscaling:DescribeAutoScalingGroups",
        "DescribeLaunchTemplateVersions,403, UnauthorizedOperation, ec2:DescribeLaunchTemplateVersions",
        "DescribeInstances,             400, RequestExpired,        credentials",
        "DescribeAutoScalingGroups,     403, ExpiredToken,          credentials",
        "DescribeInstances,             503, RequestLimitExceeded,  throttles",
    })
    void aListThatFailsConcludesNothingAndSaysWhy(String action, int status, String code, String said) {
        aws.fleet.group("web", 2, aws.fleet.launchTemplate("web", aws.fleet.ami("web-1")), "1");
        aws.proxy.fail(action, new Fault.Refused(status, code, "No."));

        Collector collector = aws.collector(aws.polling(Duration.ofMillis(300)));
        collector.start();

        awaitProblem(collector, said, "eu-west-1", code);
        assertThat(aws.log.all(entry -> entry.is(Observation.WhatCase.END))).isEmpty();
        aws.proxy.heal();
        await().atMost(SOON).untilAsserted(() -> assertThat(aws.log.ends()).isNotEmpty());
        assertThat(aws.log.lastEnd().getInstances()).isEqualTo(2);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().problem()).isEmpty());
    }

    @Test
    void aRegionThatDoesNotAnswerIsSaidAndIsNoEmptyRegion(Moto moto) {
        Collector collector = aws.collector(
                aws.polling(Duration.ofMillis(300)),
                clients -> new Ec2Account.Clients(
                        moto.client(Ec2Client.builder(), URI.create("http://127.0.0.1:1")),
                        clients.autoScaling(),
                        clients.sqs()));
        collector.start();

        awaitProblem(collector, "ec2:DescribeInstances", "eu-west-1", "cannot be sent");
        assertThat(collector.health().state()).isEqualTo(CollectorHealth.State.LISTING);
        assertThat(aws.log.all(entry -> entry.is(Observation.WhatCase.END))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"InvalidPaginationToken, gone", "InvalidParameterValue, The token is not valid"})
    void aListWhoseTokenExpiresBeginsAnew(String code, String message) {
        String ami = aws.fleet.ami("web-1");
        IntStream.range(0, 12).forEach(_ -> aws.fleet.standalone(ami));
        aws.proxy.fail("DescribeInstances", 1, 1, new Fault.Refused(400, code, message));

        aws.watching(aws.polling(AwsFixture.NEVER).with(new Ec2CollectorSettings.Pages(100, 5)));

        // One page and the refusal, then three pages.
        assertThat(aws.proxy.calls("DescribeInstances")).hasSize(5);
        assertThat(aws.log.begins()).hasSize(6);
        assertThat(aws.log.ends()).hasSize(1);
        assertThat(aws.log.lastEnd().getInstances()).isEqualTo(12);
    }

    @Test
    void aConnectionThatIsCutInTheMiddleFailsTheSnapshot() {
        String ami = aws.fleet.ami("web-1");
        IntStream.range(0, 12).forEach(_ -> aws.fleet.standalone(ami));
        aws.proxy.fail("DescribeInstances", 2, 1, new Fault.CutBefore());

        aws.watching(aws.polling(AwsFixture.NEVER).with(new Ec2CollectorSettings.Pages(100, 5)));

        assertThat(aws.log.ends()).hasSize(1);
        assertThat(aws.log.begins()).hasSize(6);
    }

    @Test
    void anInstanceThatEndsBetweenListAndLookIsGone() {
        String template = aws.fleet.launchTemplate("web", aws.fleet.ami("web-1"));
        aws.fleet.group("web", 3, template, "1");
        String instance = aws.fleet.instances("web").getFirst();
        aws.watching();
        aws.proxy.fail("DescribeInstances", 0, 1, new Fault.Meanwhile(() -> aws.fleet.terminateInGroup(instance)));

        aws.queue.send(AwsEvents.modifyInstanceAttribute(AT, instance));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(aws.goneFrom(instance)).containsExactly(AwsFixture.group("web")));
    }

    @Test
    void aLookThatFailsIsRepeatedAndItsMessageKeptUntilThen() {
        String instance = aws.fleet.standalone(aws.fleet.ami("web-1"));
        Collector collector = aws.watching();
        aws.proxy.fail("DescribeInstances", Fault.unauthorized());
        aws.queue.send(AwsEvents.stateChange(AT, instance, "running"));

        awaitProblem(collector, "ec2:DescribeInstances", "UnauthorizedOperation");
        assertThat(aws.queue.waiting()).isEqualTo(1);
        aws.proxy.heal();

        await().atMost(SOON).until(() -> aws.queue.waiting() == 0);
        assertThat(aws.log.facetsOf(AwsFixture.instance(instance))).hasSizeGreaterThan(1);
        assertThat(aws.queue.deadLetters()).isZero();
    }

    /// The queue gives a message up that was received three times, each of which hides it for 2 s.
    @Test
    void goodMessagesStayOutOfTheDeadLettersHoweverLongLooksFail() {
        String instance = aws.fleet.standalone(aws.fleet.ami("web-1"));
        Collector collector = aws.watching();
        aws.proxy.fail("DescribeInstances", Fault.unauthorized());
        aws.queue.send(AwsEvents.stateChange(AT, instance, "running"));
        awaitProblem(collector, "ec2:DescribeInstances");

        await().during(Duration.ofSeconds(7))
                .atMost(SOON)
                .untilAsserted(() -> assertThat(aws.queue.deadLetters()).isZero());

        assertThat(aws.queue.waiting()).isEqualTo(1);
        assertThat(aws.proxy.calls("ChangeMessageVisibilityBatch")).hasSizeGreaterThan(3);
        aws.proxy.heal();
        await().atMost(SOON).until(() -> aws.queue.waiting() == 0);
        assertThat(aws.queue.deadLetters()).isZero();
        assertThat(aws.log.facetsOf(AwsFixture.instance(instance))).hasSizeGreaterThan(1);
    }

    /// Less and less, and in the end nothing: the rest waits in the queue.
    @Test
    void whileLooksFailLittleIsReceived() {
        String instance = aws.fleet.standalone(aws.fleet.ami("web-1"));
        var sqs = new SqsInMemory();
        Collector collector = aws.watching(aws.collector(
                aws.settings(), clients -> new Ec2Account.Clients(clients.ec2(), clients.autoScaling(), sqs)));
        aws.proxy.fail("DescribeInstances", Fault.throttled());
        sqs.send(List.of(AwsEvents.stateChange(AT, instance, "running")));
        awaitProblem(collector, "throttles");

        sqs.send(IntStream.range(0, 2_000)
                .mapToObj(_ -> AwsEvents.stateChange(AT, instance, "running"))
                .toList());

        await().during(Duration.ofSeconds(3))
                .atMost(SOON)
                .untilAsserted(() -> assertThat(sqs.visible()).isGreaterThan(1_700));
        aws.proxy.heal();
        await().atMost(SOON).until(() -> sqs.waiting() == 0);
    }

    @Test
    void messagesThatCannotBeDeletedAreKeptInHandUntilTheyCan() {
        String instance = aws.fleet.standalone(aws.fleet.ami("web-1"));
        Collector collector = aws.watching();
        aws.proxy.fail("DeleteMessageBatch", Fault.accessDenied("sqs:DeleteMessage"));
        aws.proxy.forget();
        aws.queue.send(AwsEvents.stateChange(AT, instance, "running"));
        awaitProblem(collector, "sqs:DeleteMessage");

        await().during(Duration.ofSeconds(7))
                .atMost(SOON)
                .untilAsserted(() -> assertThat(aws.queue.deadLetters()).isZero());

        aws.proxy.heal();
        await().atMost(SOON).until(() -> aws.queue.waiting() == 0);
        assertThat(aws.queue.deadLetters()).isZero();
        assertThat(aws.proxy.calls("DescribeInstances"))
                .as("not looked at for each attempt")
                .hasSizeLessThan(3);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().problem()).isEmpty());
    }

    @Test
    void whoOpenedASessionIsToldThoughLooksFail() {
        aws.fleet.group("web", 2, aws.fleet.launchTemplate("web", aws.fleet.ami("web-1")), "1");
        String instance = aws.fleet.instances("web").getFirst();
        String other = aws.fleet.instances("web").getLast();
        Collector collector = aws.watching();
        aws.proxy.fail("DescribeInstances", Fault.throttled());

        aws.queue.send(AwsEvents.startSession(AT, instance));

        await().atMost(SOON).untilAsserted(() -> assertThat(touched()).containsExactly(AwsFixture.instance(instance)));
        awaitProblem(collector, "throttles");
        // Also when it comes while a look is repeated.
        aws.queue.send(AwsEvents.startSession(AT, other));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(touched())
                        .containsExactly(AwsFixture.instance(instance), AwsFixture.instance(other)));
        aws.proxy.heal();
        await().atMost(SOON).until(() -> aws.queue.waiting() == 0);
    }

    private List<String> touched() {
        return aws
                .log
                .all(entry -> entry.value().getInstance().hasTouch()
                        && AwsFixture.group("web").equals(entry.key()))
                .stream()
                .map(entry -> entry.value().getInstance().getInstance())
                .toList();
    }

    @Test
    void aQueueThatMayNotBeReadIsSaid() {
        aws.proxy.fail("ReceiveMessage", Fault.accessDenied("sqs:ReceiveMessage"));

        Collector collector = aws.watching();

        awaitProblem(collector, "sqs:ReceiveMessage", "eu-west-1");
    }

    @Test
    void whatIsMalformedOrForeignIsCountedAndLeftToTheRedrivePolicy() {
        String instance = aws.fleet.standalone(aws.fleet.ami("web-1"));
        aws.watching();
        String event = AwsEvents.stateChange(AT, instance, "running");

        aws.queue.send(
                "{\"half\":",
                "[]",
                event.replace("123456789012", "999999999999"),
                event.replace("\"region\":\"eu-west-1\"", "\"region\":\"us-east-1\""),
                event.replace("aws.ec2", "com.example.shop"),
                event);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(aws.queue.deadLetters()).isEqualTo(5));
        assertThat(aws.queue.waiting()).isZero();
        assertThat(aws.count("snowmelt.collector.messages", "kind", "malformed"))
                .isEqualTo(2);
        assertThat(aws.count("snowmelt.collector.messages", "kind", "account")).isEqualTo(1);
        assertThat(aws.count("snowmelt.collector.messages", "kind", "region")).isEqualTo(1);
        assertThat(aws.count("snowmelt.collector.messages", "kind", "source")).isEqualTo(1);
        assertThat(aws.count("snowmelt.collector.messages", "kind", "change")).isEqualTo(1);
        assertThat(aws.log.facetsOf(AwsFixture.instance(instance))).hasSizeGreaterThan(1);
    }
}
