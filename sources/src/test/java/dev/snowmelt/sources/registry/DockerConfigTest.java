package dev.snowmelt.sources.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.fingerprint.judge.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file of `docker login`.
class DockerConfigTest {
    @TempDir
    Path folder;

    private DockerConfig holding(String json) throws IOException {
        return DockerConfig.of(Files.writeString(folder.resolve("config.json"), json));
    }

    private static Repository repository(String reference) {
        return Repository.of(ImageReference.parse(reference));
    }

    private static String auth(String user, String password) {
        return Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void findsARegistryByItsHostWhateverIsAroundIt() throws Exception {
        var config = holding("{\"auths\":{\"https://ghcr.io/v2/\":{\"auth\":\"" + auth("u", "p:w:d") + "\"},"
                + "\"localhost:5000\":{\"username\":\"a\",\"password\":\"b\"}}}");

        assertThat(config.credentials(repository("ghcr.io/x/y"))).contains(new Credentials.Basic("u", "p:w:d"));
        assertThat(config.credentials(repository("localhost:5000/y"))).contains(new Credentials.Basic("a", "b"));
        assertThat(config.credentials(repository("localhost:5001/y"))).isEmpty();
    }

    @Test
    void findsDockerHubUnderItsOldName() throws Exception {
        var config = holding("{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"" + auth("hub", "pat") + "\"}}}");

        assertThat(config.credentials(repository("nginx"))).contains(new Credentials.Basic("hub", "pat"));
    }

    @Test
    void prefersTheLongestPath() throws Exception {
        var config = holding("{\"auths\":{\"quay.io\":{\"auth\":\"" + auth("all", "1")
                + "\"},\"quay.io/team\":{\"auth\":\"" + auth("team", "2") + "\"}}}");

        assertThat(config.credentials(repository("quay.io/team/app"))).contains(new Credentials.Basic("team", "2"));
        assertThat(config.credentials(repository("quay.io/other/app"))).contains(new Credentials.Basic("all", "1"));
    }

    @Test
    void keepsIdentityTokensAndPrintsNoSecret() throws Exception {
        var config = holding(
                "{\"auths\":{\"acr.test\":{\"auth\":\"" + auth("00000000", "") + "\",\"identitytoken\":\"hush\"}}}");

        var found = config.credentials(repository("acr.test/app"));

        assertThat(found).contains(new Credentials.Identity("hush"));
        assertThat(found.toString()).doesNotContain("hush");
        assertThat(new Credentials.Basic("u", "hush").toString()).doesNotContain("hush");
    }

    @Test
    void aMissingFileIsAFaultOnlyWhenItWasNamed() throws Exception {
        var standard = DockerConfig.standard(Map.of("DOCKER_CONFIG", folder.toString()));

        assertThat(standard.credentials(repository("nginx"))).isEmpty();
        assertThat(standard.file()).isEqualTo(folder.resolve("config.json"));
        assertThatThrownBy(() -> DockerConfig.of(folder.resolve("none.json")).credentials(repository("nginx")))
                .hasMessageContaining("There is no file");
    }

    @Test
    void quotesNothingOfABrokenFile() throws Exception {
        var garbage = holding("{\"auths\": hush");
        assertThatThrownBy(() -> garbage.credentials(repository("nginx")))
                .hasMessageContaining("is no Docker configuration")
                .hasMessageNotContaining("hush");

        var entry = holding("{\"auths\":{\"ghcr.io\":{\"auth\":\"hush!\"}}}");
        assertThatThrownBy(() -> entry.credentials(repository("ghcr.io/a")))
                .hasMessageContaining("'ghcr.io'")
                .hasMessageContaining("docker login")
                .hasMessageNotContaining("hush");
    }

    @Test
    void aHelperThatIsNotThereIsSaidWithItsName() throws Exception {
        var config = holding("{\"credHelpers\":{\"ghcr.io\":\"surely-not-installed\"}}");

        assertThatThrownBy(() -> config.credentials(repository("ghcr.io/a")))
                .hasMessageContaining("docker-credential-surely-not-installed cannot be started");
        assertThatThrownBy(() -> holding("{\"credsStore\":\"../evil\"}").credentials(repository("ghcr.io/a")))
                .hasMessageContaining("a name that no program can have");
    }
}
