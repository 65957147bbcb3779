package dev.snowmelt.detector.collect.ec2;

import static dev.snowmelt.detector.collect.ec2.AwsFixture.SOON;
import static dev.snowmelt.detector.collect.ec2.AwsFixture.TARGET;
import static dev.snowmelt.detector.collect.ec2.AwsFixture.group;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.ObservationLog;
import dev.snowmelt.sandbox.aws.Moto;
import dev.snowmelt.sandbox.aws.MotoExtension;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.autoscaling.model.LaunchTemplateOverrides;

/// An emulated account, listed.
@ExtendWith(MotoExtension.class)
class Ec2ListIT {
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

    private List<String> images(String group) {
        return aws.status(group).getTemplate().getContainersList().stream()
                .map(Template.Container::getImage)
                .toList();
    }

    @Test
    void tellsGroupsAndTheirInstancesAndThoseThatStandAlone() {
        String ami = aws.fleet.ami("web-1");
        String template = aws.fleet.launchTemplate("web", ami);
        aws.fleet.group("web", 3, template, "$Latest");
        String alone = aws.fleet.standalone(ami);

        aws.watching(aws.polling(Duration.ofHours(1)));

        WorkloadStatus status = aws.status("web");
        assertThat(status.getDesired()).isEqualTo(3);
        assertThat(status.getReady()).isEqualTo(3);
        assertThat(status.getTemplate().getId()).isEqualTo(template + ":1");
        assertThat(images("web")).containsExactly(ami);
        for (String instance : aws.fleet.instances("web")) {
            ImageFacet facet = aws.facet(instance);
            assertThat(facet.getContainers(0).getImage()).isEqualTo(ami);
            assertThat(facet.getReady()).isTrue();
            assertThat(facet.getTemplate()).isEqualTo(template + ":1");
        }
        assertThat(aws.log.all(
                        entry -> entry.value().getInstance().getInstance().endsWith(alone)))
                .singleElement()
                .extracting(ObservationLog.Entry::key)
                .isEqualTo(TARGET + "/standalone/" + alone);
        assertThat(aws.log.lastEnd().getInstances()).isEqualTo(4);
        assertThat(aws.log.lastEnd().getBelievable()).isTrue();
        assertThat(aws.log.statuses().values())
                .singleElement()
                .satisfies(told -> assertThat(told.getNote()).contains("no queue", "3600 s", TARGET.toString()));
    }

    /// Moto's groups have a grace period of 300 s unless one is said.
    @ParameterizedTest
    @CsvSource({"PT5M, 360", "PT10M, 600", "PT0S, 0"})
    void tellsHowLongAnInstanceMustBeReady(Duration statusChecks, int seconds) {
        aws.fleet.group("web", 1, aws.fleet.launchTemplate("web", aws.fleet.ami("web-1")), "1");

        aws.watching(aws.polling(Duration.ofHours(1)).withStatusChecks(statusChecks));

        assertThat(aws.status("web").getMinReadySeconds()).isEqualTo(seconds);
    }

    @Test
    void readsPageByPage() {
        String template = aws.fleet.launchTemplate("web", aws.fleet.ami("web-1"));
        for (int i = 0; i < 7; i++) {
            aws.fleet.group("web-" + i, 1, template, "1");
        }
        IntStream.range(0, 4).forEach(_ -> aws.fleet.standalone(aws.fleet.ami("x")));
        aws.proxy.forget();

        aws.watching(aws.polling(Duration.ofHours(1)).with(new Ec2CollectorSettings.Pages(3, 5)));

        assertThat(aws.log.lastEnd().getInstances()).isEqualTo(11);
        assertThat(aws.log.all(entry -> entry.is(Observation.WhatCase.WORKLOAD)))
                .extracting(ObservationLog.Entry::key)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 7).mapToObj(i -> group("web-" + i)).toList());
        assertThat(aws.proxy.calls("DescribeAutoScalingGroups")).hasSize(3);
        assertThat(aws.proxy.calls("DescribeInstances")).hasSize(3);
        // One launch template, whatever the page.
        assertThat(aws.proxy.calls("DescribeLaunchTemplates")).hasSize(1);
        assertThat(aws.proxy.calls("DescribeLaunchTemplateVersions")).hasSize(1);
    }

    @Test
    void whatIsGoneIsMissingInTheNextSnapshot() {
        String ami = aws.fleet.ami("web-1");
        String alone = aws.fleet.standalone(ami);
        String other = aws.fleet.standalone(ami);
        aws.watching(aws.polling(Duration.ofMillis(500)));
        assertThat(aws.log.lastEnd().getInstances()).isEqualTo(2);

        aws.fleet.terminate(alone);

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(aws.log.lastEnd().getInstances()).isEqualTo(1));
        long snapshot = aws.log
                .all(entry -> entry.is(Observation.WhatCase.END))
                .getLast()
                .header()
                .snapshot();
        assertThat(aws.log.all(
                        entry -> entry.header().snapshot() == snapshot && entry.is(Observation.WhatCase.INSTANCE)))
                .extracting(entry -> entry.value().getInstance().getInstance())
                .containsExactly(AwsFixture.instance(other));
    }

    @Test
    void resolvesLatestDefaultNumbersConfigurationsAndOverrides() {
        String first = aws.fleet.ami("web-1");
        String second = aws.fleet.ami("web-2");
        String arm = aws.fleet.ami("web-arm");
        String template = aws.fleet.launchTemplate("web", first);
        String own = aws.fleet.launchTemplate("web-arm", arm);
        aws.fleet.launchTemplateVersion(template, second);
        aws.fleet.group("latest", 1, template, "$Latest");
        aws.fleet.group("default", 1, template, "$Default");
        aws.fleet.group("one", 1, template, "1");
        aws.fleet.launchConfiguration("old", first);
        aws.fleet.group("configured", 1, group -> group.launchConfigurationName("old"));
        aws.fleet.mixedGroup(
                "mixed",
                1,
                template,
                "$Latest",
                LaunchTemplateOverrides.builder().instanceType("t3.large").build(),
                LaunchTemplateOverrides.builder()
                        .instanceType("t4g.large")
                        .launchTemplateSpecification(
                                t -> t.launchTemplateId(own).version("1"))
                        .build());

        aws.watching(aws.polling(Duration.ofHours(1)));

        assertThat(images("latest")).containsExactly(second);
        assertThat(aws.status("latest").getTemplate().getId()).isEqualTo(template + ":2");
        assertThat(images("default")).containsExactly(first);
        assertThat(images("one")).containsExactly(first);
        assertThat(images("configured")).containsExactly(first);
        assertThat(aws.status("configured").getTemplate().getId()).isEqualTo("lc:old");
        assertThat(images("mixed")).containsExactly(second, arm);
        // Three versions of two templates, in one call each.
        assertThat(aws.proxy.calls("DescribeLaunchTemplateVersions")).hasSize(2);
        assertThat(aws.proxy.calls("DescribeLaunchTemplates")).hasSize(1);
    }

    @Test
    void aDeletedLaunchTemplateMakesOnlyItsGroupsTemplateUnknown(Moto moto) {
        String ami = aws.fleet.ami("web-1");
        String deleted = aws.fleet.launchTemplate("deleted", ami);
        String template = aws.fleet.launchTemplate("web", ami);
        aws.fleet.group("orphaned", 1, deleted, "$Latest");
        aws.fleet.group("numbered", 1, deleted, "1");
        aws.fleet.group("web", 1, template, "$Latest");
        moto.ec2().deleteLaunchTemplate(request -> request.launchTemplateId(deleted));

        aws.watching(aws.polling(Duration.ofHours(1)));

        assertThat(aws.status("orphaned").hasTemplate()).isFalse();
        assertThat(aws.status("numbered").hasTemplate()).isFalse();
        assertThat(images("web")).containsExactly(ami);
    }

    @Test
    void aLaunchTemplateThatIsDeletedLaterIsMissedByTheNextList(Moto moto) {
        String template = aws.fleet.launchTemplate("web", aws.fleet.ami("web-1"));
        aws.fleet.group("web", 1, template, "1");
        aws.watching(aws.polling(Duration.ofMillis(500)));
        assertThat(aws.status("web").hasTemplate()).isTrue();

        moto.ec2().deleteLaunchTemplate(request -> request.launchTemplateId(template));

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(aws.status("web").hasTemplate()).isFalse());
        // What it launches is remembered, and was asked for once.
        assertThat(aws.proxy.calls("DescribeLaunchTemplateVersions")).hasSize(1);
    }

    @Test
    void userDataIsAskedForOnceAndOnlyWhereItIsSwitchedOn() {
        String script = Base64.getEncoder().encodeToString("#!/bin/sh\n".getBytes(StandardCharsets.UTF_8));
        String alone = aws.fleet.standalone(aws.fleet.ami("web-1"), run -> run.userData(script));
        aws.watching(aws.polling(Duration.ofHours(1)));
        assertThat(aws.facet(alone).getUserDataSha256()).isEmpty();
        assertThat(aws.proxy.calls("DescribeInstanceAttribute")).isEmpty();

        aws.watching(Ec2CollectorSettings.of(
                TARGET, "test", Duration.ofMillis(300), Duration.ofMillis(300), Optional.empty(), true));
        int snapshots = aws.log.ends().size();

        await().atMost(SOON).untilAsserted(() -> assertThat(aws.log.ends()).hasSizeGreaterThan(snapshots + 2));
        assertThat(aws.facet(alone).getUserDataSha256())
                .isEqualTo("a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf");
        assertThat(aws.proxy.calls("DescribeInstanceAttribute")).hasSize(1);
    }
}
