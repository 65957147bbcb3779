package dev.snowmelt.sources.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/// A credential helper is a program: what it says, and what is made of it when it fails.
class CredentialHelperIT {
    private static List<String> shell(String script) {
        return List.of("sh", "-c", script);
    }

    @Test
    void isToldTheRegistryAndAnswersInJson() throws Exception {
        var found = CredentialHelper.run(
                "test",
                shell("read s; printf '{\"ServerURL\":\"%s\",\"Username\":\"u-%s\",\"Secret\":\"p\"}' $s $s"),
                "ghcr.io");

        assertThat(found).contains(new Credentials.Basic("u-ghcr.io", "p"));
    }

    @Test
    void mayAnswerWithAnIdentityToken() throws Exception {
        var found =
                CredentialHelper.run("test", shell("echo '{\"Username\":\"<token>\",\"Secret\":\"t\"}'"), "acr.test");

        assertThat(found).contains(new Credentials.Identity("t"));
    }

    @Test
    void hasNothingWhenItFails() throws Exception {
        assertThat(CredentialHelper.run(
                        "test", shell("echo credentials not found in native keychain; exit 1"), "ghcr.io"))
                .isEmpty();
    }

    @Test
    void isNotQuoted() {
        assertThatThrownBy(() -> CredentialHelper.run("test", shell("echo hush"), "ghcr.io"))
                .hasMessageContaining("docker-credential-test answered something else than JSON")
                .hasMessageNotContaining("hush");
    }
}
