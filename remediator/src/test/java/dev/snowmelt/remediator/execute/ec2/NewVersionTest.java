package dev.snowmelt.remediator.execute.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;

/// Which version of a launch template is the one that a command made.
class NewVersionTest {
    private static final NewVersion WANTED = new NewVersion("lt-0abc", 7, "ami-0600d", 3, "c-1");

    private static LaunchTemplateVersion described(@Nullable String description) {
        return LaunchTemplateVersion.builder()
                .launchTemplateId("lt-0abc")
                .versionNumber(8L)
                .versionDescription(description)
                .build();
    }

    @Test
    void theTokenDerivesFromAllThatItIsAndNothingElse() {
        Set<String> tokens = Stream.of(
                        WANTED,
                        new NewVersion("lt-0abc", 7, "ami-0600d", 3, "c-1"),
                        new NewVersion("lt-0abd", 7, "ami-0600d", 3, "c-1"),
                        new NewVersion("lt-0abc", 8, "ami-0600d", 3, "c-1"),
                        new NewVersion("lt-0abc", 7, "ami-0600e", 3, "c-1"),
                        new NewVersion("lt-0abc", 7, "ami-0600d", 4, "c-1"),
                        new NewVersion("lt-0abc", 7, "ami-0600d", 3, "c-2"))
                .map(NewVersion::token)
                .collect(Collectors.toSet());

        assertThat(tokens).hasSize(6).allSatisfy(token -> assertThat(token).hasSizeLessThanOrEqualTo(128));
        assertThat(WANTED.description()).endsWith(WANTED.token()).hasSizeLessThanOrEqualTo(255);
    }

    @Test
    void isKnownByItsDescriptionAlone() {
        var another = new NewVersion("lt-0abc", 7, "ami-0600d", 3, "c-2");

        assertThat(WANTED.describes(described(WANTED.description()))).isTrue();
        assertThat(WANTED.describes(described(another.description()))).isFalse();
        assertThat(WANTED.describes(described("by hand"))).isFalse();
        assertThat(WANTED.describes(described(null))).isFalse();
    }

    @Test
    void whatWasMadeForOneCommandIsRememberedForAll() {
        var undoubted = new UndoubtedVersions();
        undoubted.add(WANTED, 8);

        assertThat(undoubted.number(new NewVersion("lt-0abc", 7, "ami-0600d", 3, "c-2")))
                .contains(8L);
        assertThat(undoubted.number(new NewVersion("lt-0abc", 7, "ami-0600d", 4, "c-1")))
                .isEmpty();
    }
}
