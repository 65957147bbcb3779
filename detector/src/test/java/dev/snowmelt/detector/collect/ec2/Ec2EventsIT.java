package dev.snowmelt.detector.collect.ec2;

import static dev.snowmelt.detector.collect.ec2.AwsFixture.SOON;
import static dev.snowmelt.detector.collect.ec2.AwsFixture.TARGET;
import static dev.snowmelt.detector.collect.ec2.AwsFixture.group;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.aws.AwsEvents;
import dev.snowmelt.sandbox.aws.Fault;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.v1.TouchFacet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What happens between two lists, told by events alone: resync is off.
@ExtendWith(MotoExtension.class)
class Ec2EventsIT {
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
        aws = new AwsFixture(kafka, moto);
    }

    @AfterEach
    void close() {
        aws.close();
    }

    private static Instant now() {
        return Instant.parse("2026-11-23T12:00:00Z");
    }

    /// A group of three, followed.
    private String watchedGroup() {
        String template = aws.fleet.launchTemplate("web", aws.fleet.ami("web-1"));
        aws.fleet.group("web", 3, template, "$Latest");
        aws.watching();
        return template;
    }

    @Test
    void aReplacedInstanceIsSeen() {
        watchedGroup();
        String old = aws.fleet.instances("web").getFirst();
        List<String> before = aws.fleet.instances("web");
        aws.fleet.terminateInGroup(old);
        String replacement = aws.fleet.instances("web").stream()
                .filter(id -> !before.contains(id))
                .findFirst()
                .orElseThrow();

        aws.queue.send(AwsEvents.stateChange(now(), old, "terminated"), AwsEvents.launched(now(), "web", replacement));

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(aws.goneFrom(old)).containsExactly(group("web"));
            assertThat(aws.facet(replacement).getReady()).isTrue();
        });
        await().atMost(SOON).until(() -> aws.queue.waiting() == 0);
    }

    /// The median, so that a stall of the machine does not decide.
    @Test
    void aSnowflakeIsSeenWithinTwoSeconds() {
        watchedGroup();
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String image = aws.fleet.ami("snowflake-" + i);
            String snowflake = aws.fleet.snowflake("web", image);
            long sent = System.nanoTime();

            aws.queue.send(AwsEvents.runInstances(now(), image, snowflake));

            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(20))
                    .untilAsserted(() -> assertThat(
                                    aws.facet(snowflake).getContainers(0).getImage())
                            .isEqualTo(image));
            millis.add((System.nanoTime() - sent) / 1_000_000);
        }

        assertThat(millis.stream().sorted().toList().get(2))
                .as("median of %s ms", millis)
                .isLessThan(2000L);
    }

    @Test
    void anotherTemplateIsSeen() {
        String template = watchedGroup();
        String image = aws.fleet.ami("web-2");
        long version = aws.fleet.launchTemplateVersion(template, image);
        aws.queue.send(AwsEvents.createLaunchTemplateVersion(now(), template, version));
        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(aws.status("web").getTemplate().getId()).isEqualTo(template + ":2"));
        assertThat(aws.status("web").getTemplate().getContainers(0).getImage()).isEqualTo(image);

        aws.fleet.pointAt("web", template, "1");
        aws.queue.send(AwsEvents.updateAutoScalingGroup(now(), "web", template, "1"));

        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(aws.status("web").getTemplate().getId()).isEqualTo(template + ":1"));
    }

    @Test
    void anInstanceThatIsDetachedOrAttachedChangesItsWorkload(Moto moto) {
        watchedGroup();
        String instance = aws.fleet.instances("web").getFirst();
        moto.autoScaling()
                .detachInstances(request -> request.autoScalingGroupName("web")
                        .instanceIds(instance)
                        .shouldDecrementDesiredCapacity(true));
        String detach = """
                {"autoScalingGroupName":"web","instanceIds":["%s"],"shouldDecrementDesiredCapacity":true}""".formatted(instance);
        aws.queue.send(AwsEvents.call(now(), "autoscaling", "DetachInstances", detach, "null"));
        String alone = TARGET + "/standalone/" + instance;
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(aws.goneFrom(instance)).containsExactly(group("web"));
            assertThat(aws.log.all(entry -> alone.equals(entry.key()))).isNotEmpty();
        });

        moto.autoScaling()
                .attachInstances(request -> request.autoScalingGroupName("web").instanceIds(instance));
        aws.queue.send(AwsEvents.call(now(), "autoscaling", "AttachInstances", detach, "null"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(aws.goneFrom(instance)).containsExactly(group("web"), alone));
    }

    /// Auto Scaling's events are best effort: that of the replacement got lost.
    @Test
    void aLookAtAGroupFindsItsNewInstancesAndThoseThatChanged() {
        watchedGroup();
        String old = aws.fleet.instances("web").getFirst();
        String aside = aws.fleet.instances("web").getLast();
        List<String> before = aws.fleet.instances("web");
        aws.fleet.terminateInGroup(old);
        aws.fleet.enterStandby("web", aside);
        String replacement = aws.fleet.instances("web").stream()
                .filter(id -> !before.contains(id))
                .findFirst()
                .orElseThrow();

        aws.queue.send(AwsEvents.terminated(now(), "web", old));

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(aws.facet(replacement).getReady()).isTrue();
            assertThat(aws.facet(aside).getReady()).isFalse();
        });
    }

    /// What a look sees is newer than what a list tells that was begun before it.
    @Test
    void aLookIsNewerThanTheListBeforeIt() {
        watchedGroup();
        String instance = aws.fleet.instances("web").getFirst();

        aws.queue.send(AwsEvents.stateChange(now(), instance, "running"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(aws.log.all(entry ->
                                entry.value().getInstance().getInstance().equals(AwsFixture.instance(instance))))
                        .hasSize(2));
        assertThat(aws.log.all(
                        entry -> entry.value().getInstance().getInstance().equals(AwsFixture.instance(instance))))
                .extracting(
                        entry -> entry.header().source(),
                        entry -> entry.header().resourceVersion())
                .containsExactly(tuple(Source.LIST, 1L), tuple(Source.WATCH, 2L));
    }

    @Test
    void whoOpenedASessionIsTold() {
        watchedGroup();
        String instance = aws.fleet.instances("web").getFirst();
        Instant at = Instant.parse("2026-11-23T11:59:58Z");

        aws.queue.send(AwsEvents.startSession(at, instance));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                aws.log.all(entry -> entry.value().getInstance().hasTouch()))
                        .singleElement()
                        .satisfies(entry -> {
                            assertThat(entry.key()).isEqualTo(group("web"));
                            TouchFacet touch = entry.value().getInstance().getTouch();
                            assertThat(touch.getKind()).isEqualTo(TouchFacet.Kind.SSH);
                            assertThat(touch.getBy()).isEqualTo("arn:aws:iam::123456789012:user/kai");
                            assertThat(touch.getAt().getSeconds()).isEqualTo(at.getEpochSecond());
                        }));
    }

    @Test
    void commandsForInstancesByTheirTagsAreCounted() {
        watchedGroup();
        String instance = aws.fleet.instances("web").getFirst();
        String byId = "{\"instanceIds\":[\"%s\"]}".formatted(instance);
        String byTag = "{\"targets\":[{\"key\":\"tag:env\",\"values\":[\"prod\"]}]}";

        aws.queue.send(
                AwsEvents.call(now(), "ssm", "SendCommand", byId, "null"),
                AwsEvents.call(now(), "ssm", "SendCommand", byTag, "null"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(
                                aws.log.all(entry -> entry.value().getInstance().hasTouch()))
                        .hasSize(1));
        await().atMost(SOON).until(() -> aws.queue.waiting() == 0);
        assertThat(aws.count("snowmelt.collector.messages", "kind", "touch")).isEqualTo(1);
        assertThat(aws.count("snowmelt.collector.messages", "kind", "untold")).isEqualTo(1);
    }

    /// The versions of a launch template never change, so that they are remembered; but they may be
    /// deleted.
    @Test
    void aVersionThatIsDeletedIsNotRemembered() {
        String template = aws.fleet.launchTemplate("web", aws.fleet.ami("web-1"));
        aws.fleet.group("web", 1, template, "1");
        aws.watching();
        assertThat(aws.status("web").hasTemplate()).isTrue();
        aws.proxy.fail(
                "DescribeLaunchTemplateVersions",
                new Fault.Refused(400, "InvalidLaunchTemplateId.VersionNotFound", "Could not find version 1"));

        aws.queue.send(AwsEvents.call(now(), "ec2", "DeleteLaunchTemplateVersions", """
                {"DeleteLaunchTemplateVersionsRequest":{"LaunchTemplateId":"%s",\
                "LaunchTemplateVersion":{"tag":1,"content":"1"}}}""".formatted(template), "null"));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(aws.status("web").hasTemplate()).isFalse());
    }

    @Test
    void duplicatesAndEventsOutOfOrderDoNoHarm() {
        watchedGroup();
        String old = aws.fleet.instances("web").getFirst();
        String stays = aws.fleet.instances("web").getLast();
        aws.fleet.terminateInGroup(old);
        List<String> events = new ArrayList<>();
        for (String state : List.of("terminated", "shutting-down", "running", "pending", "terminated")) {
            events.add(AwsEvents.stateChange(now(), old, state));
        }
        // An event that is not true (any more): the look knows better.
        events.add(AwsEvents.stateChange(now(), stays, "terminated"));
        events.addAll(List.copyOf(events));
        Collections.shuffle(events, new Random(7));

        events.forEach(aws.queue::send);

        await().atMost(SOON).until(() -> aws.queue.waiting() == 0);
        assertThat(aws.goneFrom(old)).isNotEmpty().containsOnly(group("web"));
        assertThat(aws.goneFrom(stays)).isEmpty();
        assertThat(aws.log.all(entry -> entry.header().snapshot() == 0
                        && entry.value().getInstance().getInstance().equals(AwsFixture.instance(old))))
                .isEmpty();
    }

    @Test
    void anInstanceThatIsNotThereYetIsLookedAtAgainAndNeverSaidToBeGone() {
        watchedGroup();
        aws.proxy.forget();

        aws.queue.send(AwsEvents.stateChange(now(), "i-0123456789abcdef0", "pending"));

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(aws.proxy.calls("DescribeInstances")).hasSizeGreaterThan(2));
        assertThat(aws.goneFrom("i-0123456789abcdef0")).isEmpty();
        assertThat(aws.queue.waiting()).isZero();
    }

    /// The queue is one in memory: the emulator's gives its messages too slowly for them to come at
    /// once.
    @Test
    void aThousandEventsAtOnceLeadToFewCalls() {
        String template = aws.fleet.launchTemplate("web", aws.fleet.ami("web-1"));
        aws.fleet.group("web", 250, template, "1");
        var sqs = new SqsInMemory();
        aws.watching(aws.collector(
                aws.settings(), clients -> new Ec2Account.Clients(clients.ec2(), clients.autoScaling(), sqs)));
        List<String> events = new ArrayList<>();
        for (String instance : aws.fleet.instances("web")) {
            events.add(AwsEvents.stateChange(now(), instance, "running"));
            events.add(AwsEvents.launched(now(), "web", instance));
            events.add(AwsEvents.modifyInstanceAttribute(now(), instance));
            events.add(AwsEvents.stateChange(now(), instance, "running"));
        }
        aws.proxy.forget();

        sqs.send(events);

        await().atMost(SOON).until(() -> sqs.waiting() == 0);
        assertThat(aws.count("snowmelt.collector.messages", "kind", "change")).isEqualTo(1000);
        // Gathered in one look, or two when the machine is busy: 250 instances are 2 calls, each time.
        assertThat(aws.proxy.calls("DescribeInstances")).hasSizeBetween(2, 4);
        assertThat(aws.proxy.calls("DescribeAutoScalingGroups")).hasSizeBetween(1, 2);
        assertThat(aws.proxy.calls()).hasSizeLessThanOrEqualTo(6);
        assertThat(sqs.deletes()).isBetween(100, 101);
        assertThat(aws.log.all(entry -> entry.header().snapshot() == 0
                        && entry.value().getInstance().hasImage()))
                .hasSizeBetween(250, 500);
    }
}
