package dev.snowmelt.fingerprint.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ImageFacet.Phase;
import dev.snowmelt.v1.ImageFacet.Protection;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Pods as real clusters describe them.
class PodFingerprintTest {

    private static Pod pod(String name) {
        var stream = PodFingerprintTest.class.getResourceAsStream("/pods/" + name + ".json");
        return new KubernetesSerialization().unmarshal(stream, Pod.class);
    }

    private static ImageFacet facet(String name) {
        return PodFingerprint.imageFacet(pod(name));
    }

    private static List<String> told(ImageFacet facet) {
        return facet.getContainersList().stream()
                .map(c -> c.getType() + " " + c.getName() + " " + c.getImage() + " " + shortened(c.getImageId()))
                .toList();
    }

    private static String shortened(String imageId) {
        int colon = imageId.indexOf("sha256:");
        return colon < 0 ? imageId : imageId.substring(0, colon + 8);
    }

    @Test
    void listsInitContainersFirstAndFindsEachStatusByName() {
        ImageFacet facet = facet("istio-sidecar-containerd");

        assertThat(told(facet))
                .containsExactly(
                        "INIT istio-init docker.io/istio/proxyv2:1.30.1 docker.io/istio/proxyv2@sha256:b",
                        "INIT istio-proxy docker.io/istio/proxyv2:1.30.1 docker.io/istio/proxyv2@sha256:b",
                        "INIT migrate registry.example/shop/cart-migrations:2.1@sha256:" + "a".repeat(64)
                                + " registry.example/shop/cart-migrations@sha256:a",
                        "APP web registry.example/shop/cart:2.1 mirror.example:5000/hub/shop/cart@sha256:d",
                        "APP log registry.example/shop/log-shipper:0.9 registry.example/shop/log-shipper@sha256:c");
        assertThat(facet.getTemplate()).isEqualTo("7d9f6c8b5d");
        assertThat(facet.getNode()).isEqualTo("node-3.eu.example");
        assertThat(facet.getReady()).isTrue();
        assertThat(facet.getTerminating()).isFalse();
        assertThat(facet.getPhase()).isEqualTo(Phase.RUNNING);
        assertThat(facet.getCreated().getSeconds()).isEqualTo(1_790_928_930L);
    }

    @Test
    void aGenericEphemeralVolumeProtectsNothing() {
        assertThat(facet("istio-sidecar-containerd").getProtectionsList()).isEmpty();
    }

    @Test
    void aStatefulSetsPodIsProtectedAndNamesItsRevision() {
        ImageFacet facet = facet("docker-pullable-statefulset");

        assertThat(facet.getProtectionsList()).containsExactly(Protection.STATEFUL);
        assertThat(facet.getTemplate()).isEqualTo("db-6c5d9f7b44");
        assertThat(facet.getReady()).isFalse();
        assertThat(told(facet)).containsExactly("APP postgres postgres:17 docker-pullable://postgres@sha256:e");
    }

    @Test
    void aContainerThatWaitsForItsImageHasNoImageId() {
        ImageFacet facet = facet("pending-daemonset");

        assertThat(told(facet)).containsExactly("APP agent registry.example/agent:4 ");
        assertThat(facet.getPhase()).isEqualTo(Phase.PENDING);
        assertThat(facet.getTemplate()).isEqualTo("5b7c8d9f64");
    }

    @Test
    void aMirrorPodIsStatic() {
        assertThat(facet("static-mirror").getProtectionsList()).containsExactly(Protection.STATIC_POD);
        assertThat(told(facet("static-mirror"))).containsExactly("APP etcd registry.k8s.io/etcd:3.6.5-0 sha256:f");
    }

    @Test
    void ephemeralContainersComeLast() {
        ImageFacet facet = facet("debugged-terminating");

        assertThat(told(facet))
                .containsExactly(
                        "APP shell busybox docker.io/library/busybox@sha256:1",
                        "EPHEMERAL debugger-abcde nicolaka/netshoot:v0.14 docker.io/nicolaka/netshoot@sha256:2");
        assertThat(facet.getTerminating()).isTrue();
        assertThat(facet.getTemplate()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "'', true", "yes, true", "false, false", "False, false"})
    void peopleMarkWhatIsStateful(String mark, boolean expected) {
        Pod labelled = new PodBuilder(pod("istio-sidecar-containerd"))
                .editMetadata()
                .addToLabels("snowmelt.dev/stateful", mark)
                .endMetadata()
                .build();
        Pod annotated = new PodBuilder(pod("istio-sidecar-containerd"))
                .editMetadata()
                .addToAnnotations("snowmelt.dev/stateful", mark)
                .endMetadata()
                .build();

        assertThat(PodFingerprint.imageFacet(labelled).getProtectionsList().contains(Protection.STATEFUL))
                .isEqualTo(expected);
        assertThat(PodFingerprint.imageFacet(annotated).getProtectionsList().contains(Protection.STATEFUL))
                .isEqualTo(expected);
    }

    @Test
    void whatChangesByItselfIsNotInIt() {
        Pod before = pod("istio-sidecar-containerd");
        Pod after = new PodBuilder(before)
                .editMetadata()
                .withResourceVersion("999999")
                .addToAnnotations(Map.of("touched", "by somebody"))
                .endMetadata()
                .editStatus()
                .withPodIP("10.1.4.8")
                .editContainerStatus(0)
                .withRestartCount(4)
                .withContainerID("containerd://99")
                .endContainerStatus()
                .endStatus()
                .build();

        assertThat(Serdes.deterministicBytes(PodFingerprint.imageFacet(after)))
                .isEqualTo(Serdes.deterministicBytes(PodFingerprint.imageFacet(before)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "2026-11-23T08:15:09Z",
                "2024-02-28T23:59:59Z",
                "2024-02-29T12:00:00Z",
                "2026-12-31T23:59:59Z",
                "2026-11-23T08:15:09.123456Z",
                "2026-11-23T09:15:09+01:00"
            })
    void readsTimesAsTheGeneralParserDoes(String text) {
        Instant expected = Instant.parse(text);

        Timestamp created = PodFingerprint.imageFacet(createdAt(text)).getCreated();

        assertThat(Instant.ofEpochSecond(created.getSeconds(), created.getNanos()))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-13-01T00:00:00Z",
                "2026-02-30T00:00:00Z",
                "2026-11-23T25:00:00Z",
                "2026-11-23 08:15:09Z",
                "x"
            })
    void refusesTimesThatAreNone(String text) {
        assertThatThrownBy(() -> PodFingerprint.imageFacet(createdAt(text))).isInstanceOf(DateTimeParseException.class);
    }

    private static Pod createdAt(String text) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("x")
                .withCreationTimestamp(text)
                .endMetadata()
                .build();
    }

    @Test
    void aBarePodIsNoError() {
        ImageFacet facet = PodFingerprint.imageFacet(
                new PodBuilder().withNewMetadata().withName("x").endMetadata().build());

        assertThat(facet).isEqualTo(ImageFacet.getDefaultInstance());
    }

    @Test
    void namesTheInstanceByItsUid() {
        var target = TargetId.parse("k8s:prod-eu");

        assertThat(PodFingerprint.instance(target, pod("static-mirror")))
                .hasToString("k8s:prod-eu/kube-system/pod/etcd-control-plane-1/31ff");
        assertThatThrownBy(() -> PodFingerprint.instance(
                        target, new PodBuilder().withNewMetadata().endMetadata().build()))
                .isInstanceOf(MalformedIdException.class);
    }
}
