package dev.snowmelt.remediator.execute.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.ec2.model.LaunchTemplateVersion;

/// Which version of a launch template is the one that an earlier attempt made.
class NewVersionTest {
    private static final NewVersion WANTED = new NewVersion("lt-0abc", 7, "ami-0600d", 3);
    private static final LaunchTemplateVersion SOURCE = version(7, "by hand", "ami-0bad", "m7i.large");

    private static LaunchTemplateVersion version(long number, String description, String image, String type) {
        return LaunchTemplateVersion.builder()
                .launchTemplateId("lt-0abc")
                .versionNumber(number)
                .versionDescription(description)
                .launchTemplateData(data -> data.imageId(image).instanceType(type))
                .build();
    }

    @Test
    void theTokenDerivesFromAllThatItIsAndNothingElse() {
        Set<String> tokens = Stream.of(
                        WANTED,
                        new NewVersion("lt-0abc", 7, "ami-0600d", 3),
                        new NewVersion("lt-0abd", 7, "ami-0600d", 3),
                        new NewVersion("lt-0abc", 8, "ami-0600d", 3),
                        new NewVersion("lt-0abc", 7, "ami-0600e", 3),
                        new NewVersion("lt-0abc", 7, "ami-0600d", 4))
                .map(NewVersion::token)
                .collect(Collectors.toSet());

        assertThat(tokens).hasSize(5).allSatisfy(token -> assertThat(token).hasSizeLessThanOrEqualTo(128));
        assertThat(WANTED.description()).endsWith(WANTED.token()).hasSizeLessThanOrEqualTo(255);
    }

    @Test
    void findsTheOneThatWasMade() {
        LaunchTemplateVersion made = version(9, WANTED.description(), "ami-0600d", "m7i.large");

        assertThat(WANTED.among(List.of(SOURCE, made).stream(), SOURCE)).contains(made);
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of("an earlier one of somebody else", version(6, "by hand", "ami-0600d", "m7i.large")),
                Arguments.of(
                        "an earlier one under its name", version(6, WANTED.description(), "ami-0600d", "m7i.large")),
                Arguments.of("a later one of somebody else", version(8, "by hand", "ami-0600d", "m7i.large")),
                Arguments.of(
                        "that of another revision",
                        version(
                                8,
                                new NewVersion("lt-0abc", 7, "ami-0600d", 4).description(),
                                "ami-0600d",
                                "m7i.large")),
                Arguments.of("one with another image", version(8, WANTED.description(), "ami-0bad", "m7i.large")),
                Arguments.of("a forged one", version(8, WANTED.description(), "ami-0600d", "m7i.48xlarge")),
                Arguments.of(
                        "one without data",
                        LaunchTemplateVersion.builder()
                                .versionNumber(8L)
                                .versionDescription(WANTED.description())
                                .build()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("others")
    void usesNoOther(String which, LaunchTemplateVersion other) {
        assertThat(WANTED.among(Stream.of(other), SOURCE)).as(which).isEmpty();
    }
}
