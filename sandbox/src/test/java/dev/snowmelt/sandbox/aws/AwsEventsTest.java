package dev.snowmelt.sandbox.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AwsEventsTest {

    private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");

    @ParameterizedTest
    @ValueSource(
            strings = {"state", "launched", "terminated", "modify", "run", "terminate", "update", "version", "ssm"})
    void areJsonWithTheEnvelopeOfEventBridge(String kind) {
        String text = switch (kind) {
            case "state" -> AwsEvents.stateChange(AT, "i-0abc", "running");
            case "launched" -> AwsEvents.launched(AT, "web", "i-0abc");
            case "terminated" -> AwsEvents.terminated(AT, "web", "i-0abc");
            case "modify" -> AwsEvents.modifyInstanceAttribute(AT, "i-0abc");
            case "run" -> AwsEvents.runInstances(AT, "ami-1", "i-0abc");
            case "terminate" -> AwsEvents.terminateInstances(AT, "i-0abc");
            case "update" -> AwsEvents.updateAutoScalingGroup(AT, "web", "lt-1", "2");
            case "version" -> AwsEvents.createLaunchTemplateVersion(AT, "lt-1", 2);
            default -> AwsEvents.startSession(AT, "i-0abc");
        };

        var event = new JsonObject(text);

        assertThat(event.fieldNames())
                .containsExactlyInAnyOrder(
                        "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail");
        assertThat(event.getString("source")).startsWith("aws.");
        assertThat(event.getString("time")).isEqualTo("2026-11-23T12:00:00Z");
        assertThat(event.getJsonObject("detail").isEmpty()).isFalse();
    }
}
