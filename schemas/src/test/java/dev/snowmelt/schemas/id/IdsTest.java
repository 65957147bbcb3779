package dev.snowmelt.schemas.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.v1.Override.Kind;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
    private static final TargetId AWS = TargetId.parse("aws:123456789012:eu-west-1");

    @ParameterizedTest
    @ValueSource(strings = {"k8s:prod-eu", "k8s:gke_project.zone-1", "aws:123456789012:us-gov-west-1"})
    void aTargetPrintsWhatItWasParsedFrom(String text) {
        assertThat(TargetId.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "k8s:", "prod-eu", "K8S:prod-eu", "k8s:a/b", "k8s:a|b", "aws:1:eu-west-1", "aws:123456789012"
            })
    void aMalformedTargetIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> TargetId.parse(text))
                .isInstanceOf(MalformedIdException.class)
                .hasMessageContaining("'k8s:prod-eu'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k8s:prod-eu/shop/Deployment/cart",
                "k8s:prod-eu/shop/standalone/cart-0",
                "aws:123456789012:eu-west-1/asg/web",
                "aws:123456789012:eu-west-1/asg/a%2fb%7cc%25d",
                "aws:123456789012:eu-west-1/standalone/i-0abc"
            })
    void aWorkloadPrintsWhatItWasParsedFrom(String text) {
        assertThat(WorkloadId.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "k8s:prod-eu",
                "k8s:prod-eu/shop/cart",
                "k8s:prod-eu//Deployment/cart",
                "k8s:prod-eu/shop/Deployment/",
                "k8s:prod-eu/shop/Deployment/cart/1",
                "k8s:prod-eu/shop/Deployment/ca%zzrt",
                "k8s:prod-eu/shop/Deployment/cart%2",
                "k8s:prod-eu/shop/Deployment/%41",
                "aws:123456789012:eu-west-1/shop/asg/web"
            })
    void aMalformedWorkloadIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> WorkloadId.parse(text))
                .isInstanceOf(MalformedIdException.class)
                .hasMessageContaining("such as");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a|b", "100%", "%2f", "with space", "tab\there", "ümlaut/|%"})
    void aNameWithSeparatorsSurvivesItsIdAndItsKeys(String name) {
        var workload = new WorkloadId(AWS, "", WorkloadId.ASG, name);
        var instance = InstanceId.parse("aws:123456789012:eu-west-1/i-0abc");
        var key = new SubjectKey.OfInstance(workload, instance);

        assertThat(WorkloadId.parse(workload.toString())).isEqualTo(workload);
        assertThat(SubjectKey.parse(key.toString())).isEqualTo(key);
        assertThat(SubjectKey.parse(workload + "|")).isEqualTo(new SubjectKey.OfWorkload(workload));
    }

    @Test
    void onlyControllersThatSnowmeltKnowsAreDeclarable() {
        assertThat(WorkloadId.parse("k8s:a/b/StatefulSet/c").declarable()).isTrue();
        assertThat(WorkloadId.parse("k8s:a/b/CronJob/c").declarable()).isFalse();
        assertThat(WorkloadId.parse("k8s:a/b/asg/c").declarable()).isFalse();
        assertThat(WorkloadId.parse("k8s:a/b/standalone/c").recreates()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k8s:prod-eu/shop/pod/cart-7d9f-x2x4l/0b9e8a6e-1111-2222-3333-444455556666",
                "aws:123456789012:eu-west-1/i-0abc"
            })
    void anInstancePrintsWhatItWasParsedFrom(String text) {
        assertThat(InstanceId.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k8s:prod-eu/shop/pod/cart",
                "k8s:prod-eu/shop/pods/cart/uid",
                "k8s:prod-eu/shop/pod//uid",
                "k8s:prod-eu/i-0abc",
                "aws:123456789012:eu-west-1/0abc",
                "aws:123456789012:eu-west-1/asg/i-0abc"
            })
    void aMalformedInstanceIsRefused(String text) {
        assertThatThrownBy(() -> InstanceId.parse(text)).isInstanceOf(MalformedIdException.class);
    }

    @Test
    void theSnapshotsKeyNamesItsPartition() {
        SubjectKey key = SubjectKey.parse("k8s:prod-eu||7");

        assertThat(key).isEqualTo(new SubjectKey.OfSnapshot(TargetId.parse("k8s:prod-eu"), 7));
        assertThat(key).hasToString("k8s:prod-eu||7");
        assertThat(key.target()).hasToString("k8s:prod-eu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k8s:prod-eu", "k8s:prod-eu|", "k8s:prod-eu||x", "k8s:prod-eu/shop/Deployment/cart|x"})
    void aMalformedKeyIsRefused(String text) {
        assertThatThrownBy(() -> SubjectKey.parse(text)).isInstanceOf(MalformedIdException.class);
    }

    @Test
    void anOverridesKeyNamesOneTargetOrEvery() {
        var one = OverrideKey.parse("k8s:prod-eu|PAUSE|k8s:prod-eu/shop/Deployment/cart");
        var every = OverrideKey.parse("*|SUSPENSION|k8s:prod-eu");

        assertThat(one.kind()).isEqualTo(Kind.PAUSE);
        assertThat(one).hasToString("k8s:prod-eu|PAUSE|k8s:prod-eu/shop/Deployment/cart");
        assertThat(every.target()).isEqualTo(Optional.empty());
        assertThat(every).hasToString("*|SUSPENSION|k8s:prod-eu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*|NONSENSE|x", "*|PAUSE|", "*|PAUSE", "*|KIND_UNSPECIFIED|x", "nowhere|PAUSE|x"})
    void aMalformedOverridesKeyIsRefused(String text) {
        assertThatThrownBy(() -> OverrideKey.parse(text)).isInstanceOf(MalformedIdException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "3-", "-", "a-b", "3-1207-1"})
    void aMalformedRecordIdIsRefused(String text) {
        assertThatThrownBy(() -> RecordId.parse(text)).isInstanceOf(MalformedIdException.class);
    }

    @Test
    void aRecordIdPrintsWhatItWasParsedFrom() {
        assertThat(RecordId.parse("3-1207")).isEqualTo(new RecordId(3, 1207)).hasToString("3-1207");
    }
}
