package dev.snowmelt.detector.collect.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.detector.collect.kubernetes.ApiJson.Page;
import dev.snowmelt.fingerprint.kubernetes.PodFingerprint;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.ObservedContainer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;

class ApiJsonTest {
    private static final String POD = """
            {"metadata":{"name":"a","resourceVersion":"7","managedFields":[{"manager":"kubelet"}]},"spec":{"containers":[{"name":"app"}]}}""";

    private final ApiJson json = new ApiJson();
    private final List<WatchEvent<Pod>> told = new ArrayList<>();

    @Test
    void readsAPage() throws Exception {
        Page page = json.readPage(
                in("{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"12\",\"continue\":\"abc\"},\"items\":["
                        + POD + "," + POD + "]}"),
                Pod.class,
                told::add);

        assertThat(page).isEqualTo(new Page("12", "abc"));
        assertThat(told)
                .hasSize(2)
                .allSatisfy(event -> assertThat(event)
                        .isInstanceOfSatisfying(
                                WatchEvent.Added.class,
                                added -> assertThat(added.object().getMetadata().getName())
                                        .isEqualTo("a")));
    }

    /// What is skipped to save time must not be what a fingerprint is made of.
    @Test
    void skipsNothingThatAFingerprintIsMadeOf() throws Exception {
        try (InputStream lean = resource();
                InputStream whole = resource()) {
            Pod read = json.read(lean, Pod.class);
            Pod full = new KubernetesSerialization().unmarshal(whole, Pod.class);

            assertThat(PodFingerprint.imageFacet(read)).isEqualTo(PodFingerprint.imageFacet(full));
            assertThat(PodFingerprint.imageFacet(read).getContainersList())
                    .extracting(ObservedContainer::getImageId)
                    .hasSize(3)
                    .doesNotContain("");
            assertThat(PodFingerprint.imageFacet(read).getProtectionsList()).contains(ImageFacet.Protection.STATEFUL);
            assertThat(read.getMetadata().getManagedFields()).isEmpty();
            assertThat(read.getSpec().getTolerations()).isEmpty();
            assertThat(read.getSpec().getContainers().getFirst().getEnv()).isEmpty();
            assertThat(full.getSpec().getContainers().getFirst().getEnv()).isNotEmpty();
        }
    }

    private static InputStream resource() {
        return Objects.requireNonNull(ApiJsonTest.class.getResourceAsStream("a-whole-pod.json"));
    }

    @Test
    void readsAnEmptyPage() throws Exception {
        Page page =
                json.readPage(in("{\"metadata\":{\"resourceVersion\":\"12\"},\"items\":null}"), Pod.class, told::add);

        assertThat(page).isEqualTo(new Page("12", ""));
        assertThat(told).isEmpty();
    }

    @Test
    void refusesAPageThatIsCutOff() {
        assertThatThrownBy(() -> json.readPage(
                        in("{\"metadata\":{\"resourceVersion\":\"12\"},\"items\":[" + POD), Pod.class, told::add))
                .isInstanceOf(IOException.class);
    }

    @Test
    void goesOnBehindAnObjectThatItCannotRead() throws Exception {
        String odd = "{\"metadata\":{\"name\":{\"x\":[1,{}]}},\"spec\":{\"containers\":[]}}";

        json.readPage(
                in("{\"items\":[" + odd + "," + POD + "],\"metadata\":{\"resourceVersion\":\"1\"}}"),
                Pod.class,
                told::add);

        assertThat(told).hasSize(2);
        assertThat(told.get(0)).isInstanceOf(WatchEvent.Unreadable.class);
        assertThat(told.get(1)).isInstanceOf(WatchEvent.Added.class);
    }

    @Test
    void readsEventsOneAfterTheOther() throws Exception {
        JsonParser parser = json.parser(in("{\"type\":\"ADDED\",\"object\":" + POD + "}\n"
                + "{\"object\":" + POD + ",\"type\":\"DELETED\"}\n"
                + "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\","
                + "\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}},\"spec\":{\"containers\":null}}}\n"));

        assertThat(json.readEvent(parser, ApiResource.PODS)).isInstanceOf(WatchEvent.Added.class);
        assertThat(json.readEvent(parser, ApiResource.PODS)).isInstanceOf(WatchEvent.Deleted.class);
        assertThat(json.readEvent(parser, ApiResource.PODS)).isEqualTo(new WatchEvent.Bookmark<Pod>("9", true));
        assertThat(json.readEvent(parser, ApiResource.PODS)).isNull();
    }

    @Test
    void tellsAnExpiredWatchFromOtherErrors() {
        assertThatThrownBy(() -> json.readEvent(json.parser(in(error(410))), ApiResource.PODS))
                .isInstanceOfSatisfying(
                        ApiException.class, e -> assertThat(e.why()).isEqualTo(ApiException.Cause.EXPIRED));
        assertThatThrownBy(() -> json.readEvent(json.parser(in(error(500))), ApiResource.PODS))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("because");
    }

    /// A watch is a connection on which nothing may come for minutes.
    @Test
    void doesNotWaitForTheNextEventToTellThisOne() throws Exception {
        InputStream endless = new InputStream() {
            private final InputStream first = in("{\"type\":\"ADDED\",\"object\":" + POD + "}\n");

            @Override
            public int read() throws IOException {
                int next = first.read();
                if (next < 0) {
                    throw new IOException("read on");
                }
                return next;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int read = first.read(target, offset, length);
                if (read < 0) {
                    throw new IOException("read on");
                }
                return read;
            }
        };

        assertThat(json.readEvent(json.parser(endless), ApiResource.PODS)).isInstanceOf(WatchEvent.Added.class);
    }

    private static String error(int code) {
        return "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":" + code + ",\"message\":\"because\"}}\n";
    }

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
