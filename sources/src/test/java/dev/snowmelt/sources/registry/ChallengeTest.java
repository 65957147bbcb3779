package dev.snowmelt.sources.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What registries write into `WWW-Authenticate`.
class ChallengeTest {
    @Test
    void readsATokenServerInAnyOrderOfItsParameters() {
        var challenge = Challenge.choose(
                List.of(
                        "Bearer service=\"registry.docker.io\",scope=\"repository:a/b:pull,push\",realm=\"https://auth.docker.io/token\""));

        assertThat(challenge).hasValueSatisfying(found -> {
            assertThat(found.scheme()).isEqualTo("bearer");
            assertThat(found.get("realm")).isEqualTo("https://auth.docker.io/token");
            assertThat(found.get("scope")).isEqualTo("repository:a/b:pull,push");
            assertThat(found.get("error")).isEmpty();
        });
    }

    @Test
    void prefersATokenToAPasswordHoweverTheyAreOffered() {
        assertThat(Challenge.choose(List.of("Basic realm=\"r\", Bearer realm=\"https://t\"")))
                .hasValueSatisfying(found -> assertThat(found.scheme()).isEqualTo("bearer"));
        assertThat(Challenge.choose(List.of("BASIC realm=r", "bearer realm=https://t")))
                .hasValueSatisfying(found -> assertThat(found.get("realm")).isEqualTo("https://t"));
    }

    @Test
    void takesAPasswordWhereNothingElseIsOffered() {
        assertThat(Challenge.choose(List.of("Negotiate", "Basic realm=\"Registry \\\"one\\\"\"")))
                .contains(new Challenge("basic", Map.of("realm", "Registry \"one\"")));
    }

    @Test
    void survivesWhatIsNoHeader() {
        for (String garbage : List.of("", ",,, =", "=", "Bearer", "Bearer =x", "\"", "Bearer realm=\"open")) {
            Challenge.choose(List.of(garbage));
        }
        assertThat(Challenge.choose(List.of())).isEmpty();
        assertThat(Challenge.choose(List.of("Digest realm=x"))).isEmpty();
    }
}
