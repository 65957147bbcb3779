package dev.snowmelt.sources.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.fingerprint.judge.ImageReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Docker's short names, and where plain HTTP is spoken.
class RepositoryTest {
    @ParameterizedTest
    @CsvSource({
        "nginx,                          docker.io/library/nginx,    registry-1.docker.io",
        "nginx:1.27,                     docker.io/library/nginx,    registry-1.docker.io",
        "docker.io/nginx,                docker.io/library/nginx,    registry-1.docker.io",
        "index.docker.io/grafana/loki,   docker.io/grafana/loki,     registry-1.docker.io",
        "grafana/loki,                   docker.io/grafana/loki,     registry-1.docker.io",
        "ghcr.io/org/app:1,              ghcr.io/org/app,            ghcr.io",
        "localhost/app,                  localhost/app,              localhost",
        "localhost:5000/app,             localhost:5000/app,         localhost:5000",
        "127.0.0.1:5000/a/b/c,           127.0.0.1:5000/a/b/c,       127.0.0.1:5000",
    })
    void fillsInWhatShortNamesLeaveOut(String reference, String repository, String server) {
        Repository found = Repository.of(ImageReference.parse(reference));

        assertThat(found).hasToString(repository);
        assertThat(found.server()).isEqualTo(server);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "localhost:5000, true",
        "127.0.0.1:5000, true",
        "127.9.9.9, true",
        "[::1]:5000, true",
        "localhost.evil.test, false",
        "127.0.0.1.evil.test:80, false",
        "10.0.0.1:5000, false",
        "evil.test, false",
    })
    void knowsThisMachineByItsWrittenNameAlone(String authority, boolean loopback) {
        assertThat(Loopback.names(authority)).isEqualTo(loopback);
    }

    @Test
    void readsPlatforms() {
        assertThat(Platform.parse("linux/amd64")).isEqualTo(new Platform("linux", "amd64", ""));
        assertThat(Platform.parse("linux/arm/v7")).hasToString("linux/arm/v7");
        assertThat(Platform.parse("linux/arm64/v8").satisfies(Platform.parse("linux/arm64")))
                .isTrue();
        assertThat(Platform.parse("linux/arm64").satisfies(Platform.parse("linux/arm64/v8")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "linux", "linux/", "/amd64", "linux/arm/v7/x", "Linux/AMD64", "a b/c"})
    void refusesWhatIsNoPlatform(String text) {
        assertThatThrownBy(() -> Platform.parse(text)).hasMessageContaining("must be a platform");
    }
}
