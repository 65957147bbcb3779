package dev.snowmelt.fingerprint.judge;

import static dev.snowmelt.fingerprint.judge.Samples.INDEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {

    @ParameterizedTest
    @CsvSource({
        "nginx,                                    '',                  nginx,           ''",
        "nginx:1.29,                               '',                  nginx,           1.29",
        "library/nginx:1.29,                       '',                  library/nginx,   1.29",
        "localhost/nginx,                          localhost,           nginx,           ''",
        "localhost:5000/nginx:x,                   localhost:5000,      nginx,           x",
        "quay.io/a/b/c:v1.2.3-rc_1,                quay.io,             a/b/c,           v1.2.3-rc_1",
        "REGISTRY/nginx,                           REGISTRY,            nginx,           ''",
        "[::1]:5000/nginx:x,                       [::1]:5000,          nginx,           x",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/cart:7, "
                + "123456789012.dkr.ecr.eu-west-1.amazonaws.com, shop/cart, 7",
        "a--b/c__d/e.f,                            '',                  a--b/c__d/e.f,   ''",
    })
    void readsRegistryRepositoryAndTag(String text, String registry, String repository, String tag) {
        var reference = ImageReference.parse(text);

        assertThat(reference).isEqualTo(new ImageReference(registry, repository, tag, ""));
        assertThat(reference.pinned()).isFalse();
        assertThat(reference).hasToString(text);
        var pinned = ImageReference.parse(text + "@" + INDEX);
        assertThat(pinned).isEqualTo(reference.withDigest(INDEX));
        assertThat(pinned.pinned()).isTrue();
        assertThat(pinned).hasToString(text + "@" + INDEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":1",
                "nginx:",
                "nginx@",
                "Nginx",
                "a/B",
                "nginx:-x",
                "nginx@sha256:abc",
                "nginx@md5:d41d8cd98f00b204e9800998ecf8427e",
                "a//b",
                "a/",
                "a___b",
                "a..b",
                "eu.gcr.io/my-project/a-.-b",
                "-a",
                "a-",
                "quay.io:port/a",
                "quay.io:/a",
                "not an image",
                "https://quay.io/a",
            })
    void refusesWhatBreaksTheGrammar(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ImageReference.parse(text));
    }

    @Test
    void refusesNamesAndTagsThatAreTooLong() {
        assertThatIllegalArgumentException().isThrownBy(() -> ImageReference.parse("a".repeat(256)));
        assertThatIllegalArgumentException().isThrownBy(() -> ImageReference.parse("a:" + "b".repeat(129)));
        assertThat(ImageReference.parse("a:" + "b".repeat(128)).tag()).hasSize(128);
    }

    @Test
    void knowsWhatStaysTheSameInAMirror() {
        assertThat(ImageReference.parse("quay.io/shop/cart:1").baseName()).isEqualTo("cart");
        assertThat(ImageReference.parse("nginx").baseName()).isEqualTo("nginx");
    }
}
