package dev.snowmelt.detector.collect.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.detector.collect.ec2.EventReading.Foreign;
import dev.snowmelt.detector.collect.ec2.EventReading.Understood;
import dev.snowmelt.sandbox.aws.AwsEvents;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.TouchFacet;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Events in the shapes that AWS documents, and messages that are none.
class EventParserTest {
    private static final Instant AT = Instant.parse("2026-11-23T12:00:00Z");
    private static final String INSTANCE = "i-0123456789abcdef0";
    private static final String TEMPLATE = "lt-0123456789abcdef0";
    private final EventParser parser = new EventParser(TargetId.parse("aws:123456789012:eu-west-1"));

    private EventNews news(String body) {
        assertThat(parser.read(body)).isInstanceOf(Understood.class);
        return ((Understood) parser.read(body)).news();
    }

    private Foreign foreign(String body) {
        assertThat(parser.read(body)).isInstanceOf(Foreign.class);
        return (Foreign) parser.read(body);
    }

    @Test
    void ec2NamesAnInstance() {
        EventNews news = news(AwsEvents.stateChange(AT, INSTANCE, "terminated"));

        assertThat(news.instances()).containsExactly(INSTANCE);
        assertThat(news.groups()).isEmpty();
    }

    @Test
    void autoScalingNamesAnInstanceAndItsGroup() {
        EventNews news = news(AwsEvents.terminated(AT, "web prod", INSTANCE));

        assertThat(news.instances()).containsExactly(INSTANCE);
        assertThat(news.groups()).containsExactly("web prod");
        assertThat(news.groupOf()).containsEntry(INSTANCE, "web prod");
    }

    @ParameterizedTest
    @CsvSource({
        "EC2 Instance-launch Lifecycle Action",
        "EC2 Instance-terminate Lifecycle Action",
        "EC2 Instance Launch Unsuccessful",
        "EC2 Auto Scaling Instance Refresh Succeeded",
        "Something that comes in 2030",
    })
    void whateverAutoScalingTellsOfAGroupIsALookAtIt(String detailType) {
        String event = AwsEvents.launched(AT, "web", INSTANCE).replace("EC2 Instance Launch Successful", detailType);

        assertThat(news(event).groups()).containsExactly("web");
        assertThat(news(event.replace(INSTANCE, "")).groups()).containsExactly("web");
    }

    @Test
    void callsNameWhatTheyChanged() {
        assertThat(news(AwsEvents.modifyInstanceAttribute(AT, INSTANCE)).instances())
                .containsExactly(INSTANCE);
        assertThat(news(AwsEvents.runInstances(AT, "ami-0123456789abcdef0", INSTANCE))
                        .instances())
                .containsExactly(INSTANCE);
        assertThat(news(AwsEvents.createLaunchTemplateVersion(AT, TEMPLATE, 2)).templates())
                .containsExactly(TEMPLATE);
        EventNews update = news(AwsEvents.updateAutoScalingGroup(AT, "web", TEMPLATE, "2"));
        assertThat(update.groups()).containsExactly("web");
        assertThat(update.templates()).containsExactly(TEMPLATE);
    }

    @Test
    void aLaunchTemplateMayBeNamedByItsName() {
        String request = """
                {"ModifyLaunchTemplateRequest":{"LaunchTemplateName":"web","SetDefaultVersion":"2"}}""";

        assertThat(news(AwsEvents.call(AT, "ec2", "ModifyLaunchTemplate", request, "null"))
                        .templates())
                .containsExactly("web");
    }

    @Test
    void tagsOfInstancesAndOfGroupsAreFoundByTheirResource() {
        String instance = """
                {"resourcesSet":{"items":[{"resourceId":"%s"},{"resourceId":"vol-0123456789abcdef0"}]},\
                "tagSet":{"items":[{"key":"snowmelt.dev/stateful","value":""}]}}""".formatted(INSTANCE);
        String group = """
                {"tags":[{"resourceId":"web","resourceType":"auto-scaling-group","key":"snowmelt.dev/stateful"}]}""";

        assertThat(news(AwsEvents.call(AT, "ec2", "CreateTags", instance, "null"))
                        .instances())
                .containsExactly(INSTANCE);
        assertThat(news(AwsEvents.call(AT, "ec2", "CreateTags", instance, "null"))
                        .groups())
                .isEmpty();
        assertThat(news(AwsEvents.call(AT, "autoscaling", "CreateOrUpdateTags", group, "null"))
                        .groups())
                .containsExactly("web");
    }

    @Test
    void aCallThatWasRefusedChangedNothing() {
        String refused = AwsEvents.modifyInstanceAttribute(AT, INSTANCE)
                .replace("\"eventName\"", "\"errorCode\":\"UnauthorizedOperation\",\"eventName\"");

        assertThat(news(refused).isEmpty()).isTrue();
    }

    @Test
    void aSessionIsATouchWithWhoAndWhen() {
        EventNews news = news(AwsEvents.startSession(AT, INSTANCE));

        assertThat(news.instances()).containsExactly(INSTANCE);
        assertThat(news.touches())
                .containsExactly(
                        new EventNews.Touch(INSTANCE, TouchFacet.Kind.SSH, AT, "arn:aws:iam::123456789012:user/kai"));
    }

    @Test
    void aSessionWhoseTimeCannotBeReadIsATouchAllTheSame() {
        String event = AwsEvents.startSession(AT, INSTANCE).replace("\"" + AT + "\"", "\"yesterday\"");

        assertThat(news(event).touches())
                .singleElement()
                .satisfies(touch -> assertThat(touch.at()).isNull());
    }

    @Test
    void aKeyThatIsSentForOneConnectionIsATouchToo() {
        String event = AwsEvents.call(AT, "ec2-instance-connect", "SendSSHPublicKey", """
                {"instanceId":"%s","instanceOSUser":"ec2-user"}""".formatted(INSTANCE), "null");

        assertThat(news(event).touches()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ssm | SendCommand | {\"documentName\":\"AWS-RunShellScript\",\"instanceIds\":[\"ID\"]}",
                "ssm | SendCommand | {\"targets\":[{\"key\":\"InstanceIds\",\"values\":[\"ID\"]}]}",
                "ssm | StartAutomationExecution | {\"documentName\":\"x\",\"parameters\":{\"InstanceId\":[\"ID\"]}}",
                "ssm | StartAutomationExecution | {\"targets\":[{\"key\":\"ParameterValues\",\"values\":[\"ID\"]}]}",
                "ec2 | CreateReplaceRootVolumeTask | {\"CreateReplaceRootVolumeTaskRequest\":{\"InstanceId\":\"ID\"}}",
            })
    void whatIsDoneInsideOfAnInstanceIsATouch(String service, String action, String request) {
        String event = AwsEvents.call(AT, service, action, request.replace("ID", INSTANCE), "null");

        assertThat(news(event).instances()).containsExactly(INSTANCE);
        assertThat(news(event).touches())
                .containsExactly(
                        new EventNews.Touch(INSTANCE, TouchFacet.Kind.EXEC, AT, "arn:aws:iam::123456789012:user/kai"));
        assertThat(untold(event)).isEmpty();
    }

    private String untold(String body) {
        return ((Understood) parser.read(body)).untold();
    }

    /// CloudTrail tells the tags and no instances.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"targets\":[{\"key\":\"tag:env\",\"values\":[\"prod\"]}]}",
                "{\"targets\":[{\"key\":\"resource-groups:Name\",\"values\":[\"web\"]}],\"instanceIds\":[]}",
                "{\"targetMaps\":[{\"Tag\":[\"web\"]}]}",
                "{\"targetLocations\":[{\"accounts\":[\"123456789012\"],\"regions\":[\"eu-west-1\"]}]}",
                "{\"targetLocationsURL\":\"https://example.com/locations.json\"}",
            })
    void whatIsDoneInsideOfInstancesThatAreNotNamedIsSaidToBeUntold(String request) {
        for (String action : List.of("SendCommand", "StartAutomationExecution")) {
            String event = AwsEvents.call(AT, "ssm", action, request, "null");

            assertThat(untold(event)).isEqualTo(action);
            assertThat(news(event).touches()).isEmpty();
        }
    }

    @Test
    void anAutomationThatIsForNoInstanceTouchesNone() {
        String event = AwsEvents.call(AT, "ssm", "StartAutomationExecution", """
                {"documentName":"AWS-CopySnapshot","parameters":{"SnapshotId":["snap-0123456789abcdef0"]}}""", "null");

        assertThat(untold(event)).isEmpty();
        assertThat(news(event).isEmpty()).isTrue();
    }

    @Test
    void aGroupThatIsDeletedIsLookedAt() {
        String request = "{\"autoScalingGroupName\":\"web\",\"forceDelete\":true}";

        assertThat(news(AwsEvents.call(AT, "autoscaling", "DeleteAutoScalingGroup", request, "null"))
                        .groups())
                .containsExactly("web");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "no JSON", "{\"half\":", "[]", "null", "7", "{}", "{\"source\":\"aws.ec2\"}", "\"text\""})
    void whatIsNoEventIsMalformed(String body) {
        assertThat(foreign(body).kind()).isEqualTo("malformed");
    }

    @ParameterizedTest
    @CsvSource({
        "123456789012,              999999999999,           account",
        "\"region\":\"eu-west-1\",  \"region\":\"eu-west-2\", region",
        "aws.ec2,                   com.example.shop,       source",
    })
    void anEventOfAnotherPlaceIsForeign(String from, String to, String kind) {
        String event = AwsEvents.stateChange(AT, INSTANCE, "running").replace(from, to);

        assertThat(foreign(event).kind()).isEqualTo(kind);
    }

    @Test
    void whatLooksLikeAnIdOnlyInPartIsNone() {
        String event = AwsEvents.call(AT, "ec2", "CreateTags", """
                {"note":"see i-0123456789abcdef0","id":"i-xyz","deep":%s"i-0123456789abcdef1"%s}""".formatted("[".repeat(40), "]".repeat(40)), "null");

        assertThat(news(event).isEmpty()).isTrue();
    }
}
