package dev.snowmelt.fingerprint.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ImageFacet.Phase;
import dev.snowmelt.v1.ImageFacet.Protection;
import dev.snowmelt.v1.ObservedContainer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.autoscaling.model.AutoScalingGroup;
import software.amazon.awssdk.services.autoscaling.model.TagDescription;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.Tag;

/// Instances as EC2 and their groups describe them.
class InstanceFingerprintTest {
    private static final TargetId TARGET = TargetId.parse("aws:123456789012:eu-west-1");
    private static final String ID = "i-0123456789abcdef0";
    private static final Instant LAUNCHED = Instant.parse("2026-11-01T08:00:00Z");

    private static Instance.Builder instance(InstanceStateName state) {
        return Instance.builder()
                .instanceId(ID)
                .imageId("ami-0123456789abcdef0")
                .launchTime(LAUNCHED)
                .placement(p -> p.availabilityZone("eu-west-1b"))
                .rootDeviceName("/dev/xvda")
                .blockDeviceMappings(volume("/dev/xvda", true))
                .state(s -> s.name(state));
    }

    private static Instance running() {
        return instance(InstanceStateName.RUNNING).build();
    }

    private static Instance tagged(String... keysAndValues) {
        var tags = new Tag[keysAndValues.length / 2];
        for (int i = 0; i < tags.length; i++) {
            tags[i] = Tag.builder()
                    .key(keysAndValues[2 * i])
                    .value(keysAndValues[2 * i + 1])
                    .build();
        }
        return instance(InstanceStateName.RUNNING).tags(tags).build();
    }

    private static InstanceBlockDeviceMapping volume(String device, boolean deleted) {
        return InstanceBlockDeviceMapping.builder()
                .deviceName(device)
                .ebs(e -> e.deleteOnTermination(deleted))
                .build();
    }

    private static Member member(String lifecycle, String health) {
        return Member.of(group(lifecycle, health).build(), ID);
    }

    private static AutoScalingGroup.Builder group(String lifecycle, String health) {
        return AutoScalingGroup.builder()
                .autoScalingGroupName("web")
                .instances(entry().lifecycleState(lifecycle)
                        .healthStatus(health)
                        .launchTemplate(t -> t.launchTemplateId("lt-0abc")
                                .launchTemplateName("web")
                                .version("7"))
                        .build());
    }

    private static software.amazon.awssdk.services.autoscaling.model.Instance.Builder entry() {
        return software.amazon.awssdk.services.autoscaling.model.Instance.builder()
                .instanceId(ID);
    }

    private static ImageFacet facet(Instance instance, @Nullable Member member) {
        return InstanceFingerprint.imageFacet(instance, member, "");
    }

    @Test
    void tellsWhatAnInstanceOfAGroupRuns() {
        ImageFacet facet = facet(running(), member("InService", "Healthy"));

        assertThat(facet.getContainersList())
                .containsExactly(ObservedContainer.newBuilder()
                        .setName("ami")
                        .setType(ObservedContainer.Type.AMI)
                        .setImage("ami-0123456789abcdef0")
                        .setImageId("ami-0123456789abcdef0")
                        .build());
        assertThat(facet.getTemplate()).isEqualTo("lt-0abc:7");
        assertThat(facet.getNode()).isEqualTo("eu-west-1b");
        assertThat(facet.getCreated().getSeconds()).isEqualTo(LAUNCHED.getEpochSecond());
        assertThat(facet.getReady()).isTrue();
        assertThat(facet.getTerminating()).isFalse();
        assertThat(facet.getPhase()).isEqualTo(Phase.RUNNING);
        assertThat(facet.getProtectionsList()).isEmpty();
        assertThat(facet.getUserDataSha256()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "InService,             Healthy,    true,   false",
        "InService,             Unhealthy,  false,  false",
        "Pending,               Healthy,    false,  false",
        "Pending:Wait,          Healthy,    false,  false",
        "Standby,               Healthy,    false,  false",
        "EnteringStandby,       Healthy,    false,  false",
        "Detaching,             Healthy,    false,  false",
        "Terminating,           Healthy,    false,  true",
        "Terminating:Wait,      Healthy,    false,  true",
        "Terminating:Retained,  Healthy,    false,  true",
        "Warmed:Stopped,        Healthy,    false,  false",
        "Warmed:Running,        Healthy,    false,  false",
        "Warmed:Terminating,    Healthy,    false,  true",
        "ReplacingRootVolume,   Healthy,    false,  false",
        "SomethingNew,          Healthy,    false,  false",
    })
    void readyIsInServiceAndHealthy(String lifecycle, String health, boolean ready, boolean terminating) {
        ImageFacet facet = facet(running(), member(lifecycle, health));

        assertThat(facet.getReady()).isEqualTo(ready);
        assertThat(facet.getTerminating()).isEqualTo(terminating);
    }

    @ParameterizedTest
    @CsvSource({
        "PENDING,       PENDING,            false,  false",
        "RUNNING,       RUNNING,            true,   false",
        "STOPPING,      FAILED,             false,  false",
        "STOPPED,       FAILED,             false,  false",
        "SHUTTING_DOWN, RUNNING,            false,  true",
        "TERMINATED,    PHASE_UNSPECIFIED,  false,  true",
    })
    void followsTheStateOfEc2WhateverTheGroupSays(
            InstanceStateName state, Phase phase, boolean ready, boolean terminating) {
        ImageFacet facet = facet(instance(state).build(), member("InService", "Healthy"));

        assertThat(facet.getPhase()).isEqualTo(phase);
        assertThat(facet.getReady()).isEqualTo(ready);
        assertThat(facet.getTerminating()).isEqualTo(terminating);
    }

    @Test
    void whatAPendingInstanceRunsIsNotEvidenceYet() {
        ImageFacet facet = facet(instance(InstanceStateName.PENDING).build(), null);

        assertThat(facet.getContainers(0).getImage()).isEqualTo("ami-0123456789abcdef0");
        assertThat(facet.getContainers(0).getImageId()).isEmpty();
    }

    @Test
    void aRootVolumeThatWasReplacedIsWhatRuns() {
        AutoScalingGroup group = AutoScalingGroup.builder()
                .autoScalingGroupName("web")
                .instances(
                        entry().lifecycleState("InService").imageId("ami-0def").build())
                .build();

        assertThat(facet(running(), Member.of(group, ID)).getContainers(0).getImage())
                .isEqualTo("ami-0def");
    }

    @Test
    void aStandaloneInstanceIsReadyWhenItRuns() {
        assertThat(facet(running(), null).getReady()).isTrue();
        assertThat(facet(tagged("aws:autoscaling:groupName", "web"), null).getReady())
                .isFalse();
    }

    @Test
    void anInstanceBelongsToTheGroupThatListsItElseToTheOneOfItsTagElseToNone() {
        Instance tagged = tagged("aws:autoscaling:groupName", "old web");

        assertThat(InstanceFingerprint.workload(TARGET, tagged, member("InService", "Healthy")))
                .hasToString(TARGET + "/asg/web");
        assertThat(InstanceFingerprint.workload(TARGET, tagged, null)).hasToString(TARGET + "/asg/old%20web");
        assertThat(InstanceFingerprint.workload(TARGET, running(), null)).hasToString(TARGET + "/standalone/" + ID);
        assertThat(InstanceFingerprint.instance(TARGET, tagged)).hasToString(TARGET + "/" + ID);
    }

    @Test
    void anInstanceOfAWarmPoolBelongsToItsGroupAndIsNotReady() {
        Instance warm = tagged(
                "aws:autoscaling:groupName", "web",
                "aws:ec2launchtemplate:id", "lt-0abc",
                "aws:ec2launchtemplate:version", "6");
        AutoScalingGroup group =
                AutoScalingGroup.builder().autoScalingGroupName("web").build();

        ImageFacet facet = facet(warm, Member.of(group, ID));

        assertThat(facet.getReady()).isFalse();
        assertThat(facet.getTemplate()).isEqualTo("lt-0abc:6");
    }

    @Test
    void aTemplateIsAVersionByNumberOrALaunchConfiguration() {
        AutoScalingGroup latest = AutoScalingGroup.builder()
                .autoScalingGroupName("web")
                .instances(entry().launchTemplate(
                                t -> t.launchTemplateId("lt-0abc").version("$Latest"))
                        .build())
                .build();
        AutoScalingGroup old = AutoScalingGroup.builder()
                .autoScalingGroupName("web")
                .instances(entry().launchConfigurationName("web-2019").build())
                .build();

        assertThat(facet(running(), Member.of(latest, ID)).getTemplate()).isEmpty();
        assertThat(facet(
                                tagged("aws:ec2launchtemplate:id", "lt-0abc", "aws:ec2launchtemplate:version", "3"),
                                Member.of(latest, ID))
                        .getTemplate())
                .isEqualTo("lt-0abc:3");
        assertThat(facet(running(), Member.of(old, ID)).getTemplate()).isEqualTo("lc:web-2019");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "true", "yes", "False?"})
    void whatIsMarkedAsStatefulIsProtected(String value) {
        AutoScalingGroup marked = group("InService", "Healthy")
                .tags(TagDescription.builder()
                        .key("snowmelt.dev/stateful")
                        .value(value)
                        .build())
                .build();

        assertThat(facet(tagged("snowmelt.dev/stateful", value), null).getProtectionsList())
                .containsExactly(Protection.STATEFUL);
        assertThat(facet(running(), Member.of(marked, ID)).getProtectionsList()).containsExactly(Protection.STATEFUL);
        assertThat(facet(running(), Member.unlisted(marked)).getProtectionsList())
                .containsExactly(Protection.STATEFUL);
    }

    @Test
    void theMarkMayBeTakenBack() {
        assertThat(facet(tagged("snowmelt.dev/stateful", "FALSE"), null).getProtectionsList())
                .isEmpty();
    }

    @Test
    void aVolumeThatOutlivesItsInstanceIsState() {
        Instance data = instance(InstanceStateName.RUNNING)
                .blockDeviceMappings(volume("/dev/xvda", false), volume("/dev/sdf", false))
                .build();
        Instance scratch = instance(InstanceStateName.RUNNING)
                .blockDeviceMappings(volume("/dev/xvda", false), volume("/dev/sdf", true))
                .build();

        assertThat(facet(data, null).getProtectionsList()).containsExactly(Protection.STATEFUL);
        assertThat(facet(scratch, null).getProtectionsList()).isEmpty();
    }

    @Test
    void equalAnswersGiveEqualBytes() {
        ImageFacet once = facet(running(), member("InService", "Healthy"));
        ImageFacet again = facet(running(), member("InService", "Healthy"));

        assertThat(Serdes.deterministicBytes(again)).isEqualTo(Serdes.deterministicBytes(once));
    }

    @Test
    void anInstanceOfWhichNothingIsSaidHasAnEmptyFacet() {
        assertThat(facet(Instance.builder().instanceId(ID).build(), null))
                .isEqualTo(ImageFacet.newBuilder().build());
        assertThatThrownBy(() ->
                        InstanceFingerprint.instance(TARGET, Instance.builder().build()))
                .isInstanceOf(MalformedIdException.class);
    }

    @Test
    void hashesTheBytesOfUserDataAndNotTheirBase64() {
        // printf '#!/bin/sh\n' | sha256sum
        assertThat(InstanceFingerprint.userDataSha256("IyEvYmluL3NoCg=="))
                .isEqualTo("a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf");
        assertThat(InstanceFingerprint.userDataSha256(null))
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(InstanceFingerprint.imageFacet(running(), null, "ab").getUserDataSha256())
                .isEqualTo("ab");
    }
}
