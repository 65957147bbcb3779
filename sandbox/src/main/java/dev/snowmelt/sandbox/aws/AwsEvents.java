package dev.snowmelt.sandbox.aws;

import java.time.Instant;
import java.util.UUID;

/// Events as Amazon EventBridge delivers them, in the shapes that AWS documents; names and ids are
/// put in as they are.
///
/// Sources: "EC2 instance state-change events" and "Amazon EC2 Auto Scaling event reference" of the
/// user guides, and for calls the record contents of CloudTrail ("AWS service events delivered via
/// CloudTrail"). Each has an id of its own: send the same text twice for a duplicate.
public final class AwsEvents {

    private static final String REGION = Moto.REGION.id();

    private AwsEvents() {}

    /// `EC2 Instance State-change Notification`.
    ///
    /// @param state `pending`, `running`, `shutting-down`, `stopping`, `stopped`, `terminated`
    public static String stateChange(Instant at, String instance, String state) {
        return event(
                at,
                "aws.ec2",
                "EC2 Instance State-change Notification",
                '"' + instanceArn(instance) + '"',
                """
                {"instance-id":"%s","state":"%s"}""".formatted(instance, state));
    }

    /// `EC2 Instance Launch Successful` of Auto Scaling.
    public static String launched(Instant at, String group, String instance) {
        return groupActivity(at, group, instance, "EC2 Instance Launch Successful", "EC2", "AutoScalingGroup");
    }

    /// `EC2 Instance Terminate Successful` of Auto Scaling.
    public static String terminated(Instant at, String group, String instance) {
        return groupActivity(at, group, instance, "EC2 Instance Terminate Successful", "AutoScalingGroup", "EC2");
    }

    private static String groupActivity(
            Instant at, String group, String instance, String detailType, String origin, String destination) {
        String activity = UUID.randomUUID().toString();
        return event(
                at,
                "aws.autoscaling",
                detailType,
                """
                "arn:aws:autoscaling:%s:%s:autoScalingGroup:%s:autoScalingGroupName/%s","%s\"""".formatted(REGION, Moto.ACCOUNT, UUID.randomUUID(), group, instanceArn(instance)),
                """
                {"StatusCode":"InProgress","Description":"%s: %s","AutoScalingGroupName":"%s","ActivityId":"%s",\
                "Details":{"Availability Zone":"%sa","Subnet ID":"subnet-0123456789abcdef0"},"RequestId":"%s",\
                "StatusMessage":"","StartTime":"%s","EndTime":"%s","EC2InstanceId":"%s","Cause":"a test",\
                "Origin":"%s","Destination":"%s"}""".formatted(
                                destination.equals("EC2") ? "Terminating EC2 instance" : "Launching a new EC2 instance",
                                instance,
                                group,
                                activity,
                                REGION,
                                activity,
                                at,
                                at,
                                instance,
                                origin,
                                destination));
    }

    /// CloudTrail: somebody changed the user data of an instance.
    public static String modifyInstanceAttribute(Instant at, String instance) {
        return call(at, "ec2", "ModifyInstanceAttribute", """
                {"instanceId":"%s","userData":"<sensitiveDataRemoved>"}""".formatted(instance), """
                {"requestId":"%s","_return":true}""".formatted(UUID.randomUUID()));
    }

    /// CloudTrail: somebody started an instance.
    public static String runInstances(Instant at, String ami, String instance) {
        return call(at, "ec2", "RunInstances", """
                {"instancesSet":{"items":[{"imageId":"%s","minCount":1,"maxCount":1}]},"instanceType":"t3.micro"}\
                """.formatted(ami), """
                {"requestId":"%s","reservationId":"r-0123456789abcdef0","ownerId":"%s","instancesSet":{"items":[\
                {"instanceId":"%s","imageId":"%s","instanceState":{"code":0,"name":"pending"}}]}}\
                """.formatted(
                        UUID.randomUUID(), Moto.ACCOUNT, instance, ami));
    }

    /// CloudTrail: somebody terminated an instance.
    public static String terminateInstances(Instant at, String instance) {
        return call(at, "ec2", "TerminateInstances", """
                {"instancesSet":{"items":[{"instanceId":"%s"}]}}""".formatted(instance), """
                {"instancesSet":{"items":[{"instanceId":"%s","currentState":{"code":32,"name":"shutting-down"},\
                "previousState":{"code":16,"name":"running"}}]}}""".formatted(instance));
    }

    /// CloudTrail: somebody changed a group.
    public static String updateAutoScalingGroup(Instant at, String group, String template, String version) {
        return call(at, "autoscaling", "UpdateAutoScalingGroup", """
                {"autoScalingGroupName":"%s","launchTemplate":{"launchTemplateId":"%s","version":"%s"}}\
                """.formatted(group, template, version), "null");
    }

    /// CloudTrail: somebody added a version to a launch template.
    public static String createLaunchTemplateVersion(Instant at, String template, long version) {
        return call(
                at, "ec2", "CreateLaunchTemplateVersion", """
                {"CreateLaunchTemplateVersionRequest":{"LaunchTemplateId":"%s","LaunchTemplateData":{}}}\
                """.formatted(template), """
                {"CreateLaunchTemplateVersionResponse":{"launchTemplateVersion":{"launchTemplateId":"%s",\
                "versionNumber":%d,"defaultVersion":false}}}""".formatted(template, version));
    }

    /// CloudTrail: somebody opened a shell on an instance with Systems Manager.
    public static String startSession(Instant at, String instance) {
        return call(at, "ssm", "StartSession", """
                {"target":"%s"}""".formatted(instance), """
                {"sessionId":"kai-0123456789abcdef0","tokenValue":"Value hidden due to security reasons.",\
                "streamUrl":"wss://ssmmessages.%s.amazonaws.com/v1/data-channel/kai-0123456789abcdef0"}\
                """.formatted(REGION));
    }

    /// CloudTrail: any other call.
    ///
    /// @param service `ec2`, `autoscaling`, `ssm`
    /// @param request JSON of `requestParameters`
    /// @param response JSON of `responseElements`, `null` for none
    public static String call(Instant at, String service, String action, String request, String response) {
        return event(at, "aws." + service, "AWS API Call via CloudTrail", "", """
                {"eventVersion":"1.09","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE",\
                "arn":"arn:aws:iam::%2$s:user/kai","accountId":"%2$s","userName":"kai"},"eventTime":"%1$s",\
                "eventSource":"%3$s.amazonaws.com","eventName":"%4$s","awsRegion":"%5$s",\
                "sourceIPAddress":"192.0.2.7","userAgent":"aws-cli/2","requestParameters":%6$s,\
                "responseElements":%7$s,"requestID":"%8$s","eventID":"%9$s","readOnly":false,\
                "eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"%2$s",\
                "eventCategory":"Management"}""".formatted(
                at, Moto.ACCOUNT, service, action, REGION, request, response, UUID.randomUUID(), UUID.randomUUID()));
    }

    private static String event(Instant at, String source, String detailType, String resources, String detail) {
        return """
                {"version":"0","id":"%s","detail-type":"%s","source":"%s","account":"%s","time":"%s","region":"%s",\
                "resources":[%s],"detail":%s}""".formatted(UUID.randomUUID(), detailType, source, Moto.ACCOUNT, at, REGION, resources, detail);
    }

    private static String instanceArn(String instance) {
        return "arn:aws:ec2:" + REGION + ":" + Moto.ACCOUNT + ":instance/" + instance;
    }
}
