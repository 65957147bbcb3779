package dev.snowmelt.detector.collect.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.sandbox.aws.AwsEvents;
import dev.snowmelt.schemas.id.TargetId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The rules in the documentation let through what the collector understands.
class EventRulesTest {
    private static final Path DOCS = Path.of("..", "docs", "aws");
    private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final String TEMPLATE = "lt-0123456789abcdef0";
    private static final Pattern QUOTED = Pattern.compile("\"([^\"]+)\"");

    private static String text(String file) {
        try {
            return Files.readString(DOCS.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> patterns() {
        var patterns = new ArrayList<JsonNode>();
        JsonNode template = YAMLMapper.builder().build().readTree(text("events.yaml"));
        for (Map.Entry<String, JsonNode> resource : template.path("Resources").properties()) {
            JsonNode pattern = resource.getValue().path("Properties").path("EventPattern");
            if (pattern.isObject()) {
                patterns.add(pattern);
            }
        }
        return patterns;
    }

    /// EventBridge's rule: every field of the pattern has one of the values, or begins with one of
    /// the prefixes.
    private static boolean matches(JsonNode pattern, JsonNode event) {
        for (Map.Entry<String, JsonNode> field : pattern.properties()) {
            JsonNode found = event.path(field.getKey());
            boolean matches = field.getValue().isObject()
                    ? matches(field.getValue(), found)
                    : field.getValue().values().stream()
                            .anyMatch(value -> value.isObject()
                                    ? found.asString("")
                                            .startsWith(value.path("prefix").asString("?"))
                                    : value.equals(found));
            if (!matches) {
                return false;
            }
        }
        return true;
    }

    static Stream<String> events() {
        return Stream.of(
                AwsEvents.stateChange(AT, INSTANCE, "terminated"),
                AwsEvents.launched(AT, "web", INSTANCE),
                AwsEvents.terminated(AT, "web", INSTANCE),
                AwsEvents.launched(AT, "web", INSTANCE).replace("Launch Successful", "Launch Unsuccessful"),
                AwsEvents.launched(AT, "web", INSTANCE)
                        .replace("EC2 Instance Launch Successful", "EC2 Instance-launch Lifecycle Action"),
                AwsEvents.launched(AT, "web", INSTANCE)
                        .replace("EC2 Instance Launch Successful", "EC2 Auto Scaling Instance Refresh Started"),
                AwsEvents.runInstances(AT, "ami-0123456789abcdef0", INSTANCE),
                AwsEvents.modifyInstanceAttribute(AT, INSTANCE),
                AwsEvents.createLaunchTemplateVersion(AT, TEMPLATE, 2),
                AwsEvents.updateAutoScalingGroup(AT, "web", TEMPLATE, "2"),
                AwsEvents.call(AT, "autoscaling", "DeleteAutoScalingGroup", "{}", "null"),
                AwsEvents.call(AT, "ec2", "DeleteLaunchTemplateVersions", "{}", "null"),
                AwsEvents.call(AT, "ec2", "CreateReplaceRootVolumeTask", "{}", "null"),
                AwsEvents.call(AT, "ssm", "SendCommand", "{}", "null"),
                AwsEvents.call(AT, "ssm", "StartAutomationExecution", "{}", "null"),
                AwsEvents.startSession(AT, INSTANCE));
    }

    @ParameterizedTest
    @MethodSource("events")
    void exactlyOneRuleTellsOfWhatMatters(String event) {
        JsonNode read = JsonMapper.shared().readTree(event);

        assertThat(patterns().stream().filter(pattern -> matches(pattern, read)).toList())
                .as(event)
                .hasSize(1);
    }

    @Test
    void callsThatChangeNothingAreNotTold() {
        JsonNode read = JsonMapper.shared().readTree(AwsEvents.call(AT, "ec2", "DescribeInstances", "{}", "null"));

        assertThat(patterns()).noneMatch(pattern -> matches(pattern, read));
    }

    @Test
    void terraformAndCloudFormationSayTheSame() {
        String terraform = text("events.tf");
        String patterns = terraform.substring(terraform.indexOf("patterns = {"), terraform.indexOf("resource "));
        var inTerraform = new TreeSet<>(
                QUOTED.matcher(patterns).results().map(match -> match.group(1)).toList());
        var inCloudFormation =
                patterns().stream().flatMap(EventRulesTest::values).collect(Collectors.toCollection(TreeSet::new));

        assertThat(inTerraform).isEqualTo(inCloudFormation).hasSizeGreaterThan(30);
    }

    /// What nobody could use gets to the dead letters long before it expires; nothing else does,
    /// unless a collector is ended with it in hand dozens of times. And a touch outlives a weekend
    /// without a collector.
    @Test
    void onlyWhatNobodyCouldUseGetsToTheDeadLetters() {
        JsonNode resources =
                YAMLMapper.builder().build().readTree(text("events.yaml")).path("Resources");
        JsonNode queue = resources.path("Events").path("Properties");
        int visibility = queue.path("VisibilityTimeout").asInt();
        int receives = queue.path("RedrivePolicy").path("maxReceiveCount").asInt();
        int retention = queue.path("MessageRetentionPeriod").asInt();

        assertThat(visibility).isEqualTo(60);
        assertThat(receives).isGreaterThan(50);
        assertThat(retention).isGreaterThan(10 * receives * visibility).isGreaterThan(3 * 86_400);
        assertThat(resources
                        .path("DeadLetters")
                        .path("Properties")
                        .path("MessageRetentionPeriod")
                        .asInt())
                .isGreaterThan(retention);
        assertThat(text("events.tf"))
                .containsPattern("visibility_timeout_seconds += " + visibility + "\n")
                .containsPattern("message_retention_seconds += " + retention + "\n")
                .containsPattern("maxReceiveCount += " + receives + "\n");
    }

    @Test
    void messagesAreHiddenAsLongAsTheQueueWould() {
        var settings = Ec2CollectorSettings.of(
                TargetId.parse("aws:123456789012:eu-west-1"),
                "test",
                Duration.ofMinutes(10),
                Duration.ofSeconds(60),
                Optional.empty(),
                false);

        assertThat(text("events.yaml"))
                .contains("VisibilityTimeout: " + settings.hold().toSeconds() + "\n");
    }

    private static Stream<String> values(JsonNode node) {
        return node.isString()
                ? Stream.of(node.stringValue())
                : Stream.concat(
                                node.properties().stream().map(Map.Entry::getValue),
                                node.isArray() ? node.values().stream() : Stream.empty())
                        .flatMap(EventRulesTest::values);
    }
}
