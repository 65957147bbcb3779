package dev.snowmelt.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.cli.CliException;
import dev.snowmelt.schemas.id.TargetId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AwsTest {
    private static final String ONE = "aws:111111111111:eu-west-1";
    private static final String TWO = "aws:222222222222:us-east-1";

    @TempDir
    private Path folder;

    @Test
    void withoutAnythingThereIsNone() {
        assertThat(read("", Map.of(), Map.of())).isEmpty();
        assertThat(read("aws: {targets: []}", Map.of(), Map.of())).isEmpty();
    }

    @Test
    void severalTargetsAreAList() {
        List<AwsTarget> targets = read("""
                aws:
                  targets:
                    - {target: "aws:111111111111:eu-west-1", profile: one, poll: 5s}
                    - target: aws:222222222222:us-east-1
                      roleArn: arn:aws:iam::222222222222:role/snowmelt/collector
                      externalId: me
                      queueUrl: https://sqs.us-east-1.amazonaws.com/222222222222/snowmelt
                      userData: true
                      statusChecks: 0s
                      resync: 10m
                """, Map.of(), Map.of());

        assertThat(targets)
                .extracting(AwsTarget::target)
                .extracting(TargetId::toString)
                .containsExactly(ONE, TWO);
        AwsTarget one = targets.getFirst();
        assertThat(one.account()).isEqualTo("111111111111");
        assertThat(one.region()).isEqualTo("eu-west-1");
        assertThat(one.profile()).contains("one");
        assertThat(one.poll()).isEqualTo(Duration.ofSeconds(5));
        assertThat(one.resync()).isEqualTo(Duration.ofMinutes(5));
        assertThat(one.userData()).isFalse();
        assertThat(one.statusChecks()).isEqualTo(Duration.ofMinutes(5));
        AwsTarget two = targets.getLast();
        assertThat(two.roleArn()).contains("arn:aws:iam::222222222222:role/snowmelt/collector");
        assertThat(two.externalId()).contains("me");
        assertThat(two.queueUrl()).contains(URI.create("https://sqs.us-east-1.amazonaws.com/222222222222/snowmelt"));
        assertThat(two.resync()).isEqualTo(Duration.ofMinutes(10));
        assertThat(two.userData()).isTrue();
        assertThat(two.statusChecks()).isZero();
    }

    @Test
    void theEnvironmentCountsElements() {
        List<AwsTarget> targets = read(
                "aws: {targets: [{target: \"" + ONE + "\", profile: file}]}",
                Map.of("SNOWMELT_AWS_TARGETS_0_PROFILE", "variable", "SNOWMELT_AWS_TARGETS_1_TARGET", TWO),
                Map.of());

        assertThat(targets).extracting(target -> target.target().toString()).containsExactly(ONE, TWO);
        assertThat(targets.getFirst().profile()).contains("variable");
    }

    @Test
    void aSingleTargetIsSaidShortly() {
        List<AwsTarget> targets = read(
                "",
                Map.of("SNOWMELT_AWS_TARGET", ONE, "SNOWMELT_AWS_ENDPOINT", "http://127.0.0.1:5000"),
                Map.of("aws.profile", "dev"));

        assertThat(targets).singleElement().satisfies(target -> {
            assertThat(target.target()).hasToString(ONE);
            assertThat(target.endpoint()).contains(URI.create("http://127.0.0.1:5000"));
            assertThat(target.profile()).contains("dev");
        });
    }

    @Test
    void anOptionChoosesFromTheListAndWinsOverIt() {
        String list = """
                aws:
                  targets:
                    - {target: "aws:111111111111:eu-west-1", profile: one, poll: 5s}
                    - {target: "aws:222222222222:us-east-1", profile: two}
                """;

        assertThat(read(list, Map.of(), Map.of("aws.target", ONE, "aws.profile", "other")))
                .singleElement()
                .satisfies(target -> {
                    assertThat(target.target()).hasToString(ONE);
                    assertThat(target.profile()).contains("other");
                    assertThat(target.poll()).isEqualTo(Duration.ofSeconds(5));
                });
        assertThat(read(list, Map.of(), Map.of("aws.target", "aws:333333333333:eu-west-1")))
                .extracting(target -> target.target().toString())
                .containsExactly("aws:333333333333:eu-west-1");
    }

    @Test
    void everyFaultIsToldAtOnceWithItsKey() {
        assertThatThrownBy(() -> read("""
                        aws:
                          profile: lost
                          targets:
                            - {target: "k8s:prod", profil: one}
                            - {target: "aws:222222222222:us-east-1", externalId: me, poll: 0s, endpoint: localhost}
                            - {target: "aws:222222222222:us-east-1", roleArn: "arn:aws:iam::333333333333:role/x"}
                            - {queueUrl: "https://sqs.eu-west-1.amazonaws.com/1/q"}
                            - target: "aws:222222222222:us-east-2"
                              queueUrl: https://sqs.us-east-1.amazonaws.com/222222222222/q
                        """, Map.of("SNOWMELT_AWS_TARGETS_1_USER_DATA", "perhaps"), Map.of()))
                .isInstanceOfSatisfying(
                        CliException.class,
                        e -> assertThat(String.join("\n", e.lines()))
                                .contains("has 11 faults")
                                .contains("aws.targets[0].target: must be an account and region such as")
                                .contains("aws.targets[0].profil: unknown key; did you mean 'aws.targets[0].profile'?")
                                .contains("aws.targets[1].externalId: is for a role: set aws.targets[1].roleArn too")
                                .contains("aws.targets[1].poll: must be longer than nothing")
                                .contains(
                                        "aws.targets[1].endpoint: must be a URL such as 'https://host/path', not 'localhost'")
                                .contains(
                                        "aws.targets[1].userData (from SNOWMELT_AWS_TARGETS_1_USER_DATA): must be true or")
                                .contains("aws.targets[2].target: " + TWO + " is named twice")
                                .contains(
                                        "aws.targets[2].roleArn: is a role of account 333333333333, but the target is "
                                                + TWO)
                                .contains("aws.targets[3].target: is missing")
                                .contains("aws.targets[4].queueUrl: is a queue in us-east-1, but the target is"
                                        + " aws:222222222222:us-east-2")
                                .contains("aws.target: is missing: of which target is what else is said below 'aws'?"));
    }

    @Test
    void aListThatIsNoneIsAFault() {
        assertThatThrownBy(() -> read("aws: {targets: \"" + ONE + "\"}", Map.of(), Map.of()))
                .hasMessageContaining("aws.targets: must be a list of keys and values");
    }

    private List<AwsTarget> read(String text, Map<String, String> environment, Map<String, String> options) {
        try {
            Path file = Files.writeString(folder.resolve("snowmelt.yaml"), text);
            return Config.load(file, environment, options).aws().targets();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
