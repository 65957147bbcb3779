package dev.snowmelt.detector.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topics;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The short cuts against the ids and topics that define them.
class KeysTest {
    private static final Topics TOPICS = new Topics("t.", 12);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k8s:prod-eu/shop/Deployment/cart|k8s:prod-eu/shop/pod/cart-7d9f-x2x4l/3f1c",
                "k8s:prod-eu/shop/Deployment/cart|",
                "k8s:prod-eu||7",
                "aws:123456789012:eu-west-1/asg/web|aws:123456789012:eu-west-1/i-0abc",
                "aws:123456789012:eu-west-1/asg/a%2fb%7cc|",
                "aws:123456789012:eu-west-1||0"
            })
    void putsVerdictsWhereTheTopicWantsThem(String text) {
        byte[] key = Keys.utf8(text);

        assertThat(Keys.partition(key, Keys.targetLength(key), 12))
                .isEqualTo(TOPICS.verdicts().partitionOf(SubjectKey.parse(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8s:prod-eu/shop/Deployment/cart", "aws:123456789012:eu-west-1/asg/a%2fb%7cc"})
    void putsEvidenceWhereTheTopicWantsIt(String text) {
        byte[] key = Keys.utf8(text);

        assertThat(Keys.partition(key, key.length, 12))
                .isEqualTo(TOPICS.evidence().partitionOf(WorkloadId.parse(text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"k8s:prod-eu/shop/Deployment/cart", "aws:123456789012:eu-west-1/asg/a%2fb%7cc"})
    void takesApartWhatItJoins(String workload) {
        byte[] key = Keys.instance(Keys.utf8(workload), ByteString.copyFromUtf8("the/instance"));

        assertThat(Keys.text(Keys.workloadIn(key))).isEqualTo(workload);
        assertThat(Keys.instanceIn(key)).isEqualTo("the/instance");
        assertThat(Keys.startsWith(key, Keys.instancesOf(Keys.utf8(workload)))).isTrue();
    }
}
