package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.detector.collect.ec2.EventNews.Touch;
import dev.snowmelt.detector.collect.ec2.EventReading.Foreign;
import dev.snowmelt.detector.collect.ec2.EventReading.Understood;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.TouchFacet;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads EventBridge's envelopes, as "AWS service events" of the EventBridge reference describes
/// them: those that EC2 and Auto Scaling send, and calls that CloudTrail recorded.
///
/// Ids are found by their form wherever they stand in the detail, because the calls that change an
/// instance or a group are many, and each writes its parameters in its own way.
final class EventParser {
    private static final String CLOUD_TRAIL = "AWS API Call via CloudTrail";
    private static final Set<String> SOURCES =
            Set.of("aws.ec2", "aws.autoscaling", "aws.ssm", "aws.ec2-instance-connect");
    private static final Pattern INSTANCE = Pattern.compile("i-[0-9a-f]{8,17}");
    private static final Pattern TEMPLATE = Pattern.compile("lt-[0-9a-f]{8,17}");
    /// By which somebody gets inside, and how: eventSource and eventName of CloudTrail. A root
    /// volume that is replaced by hand counts as what is done inside: EC2 goes on telling the image
    /// that the instance was launched from.
    private static final Map<String, TouchFacet.Kind> ENTRIES = Map.of(
            "ssm.amazonaws.com StartSession", TouchFacet.Kind.SSH,
            "ssm.amazonaws.com ResumeSession", TouchFacet.Kind.SSH,
            "ssm.amazonaws.com SendCommand", TouchFacet.Kind.EXEC,
            "ssm.amazonaws.com StartAutomationExecution", TouchFacet.Kind.EXEC,
            "ec2-instance-connect.amazonaws.com SendSSHPublicKey", TouchFacet.Kind.SSH,
            "ec2-instance-connect.amazonaws.com SendSerialConsoleSSHPublicKey", TouchFacet.Kind.SSH,
            "ec2.amazonaws.com CreateReplaceRootVolumeTask", TouchFacet.Kind.EXEC);

    /// Where SendCommand and StartAutomationExecution say for whom they are, besides instances by
    /// their ids: tags, resource groups, other accounts and regions.
    private static final List<String> TARGETS =
            List.of("targets", "targetMaps", "targetLocations", "targetLocationsURL");

    private static final int DEEPEST = 32;

    private final JsonMapper json = JsonMapper.builder().build();
    private final String account;
    private final String region;

    EventParser(TargetId target) {
        int colon = target.name().indexOf(':');
        account = target.name().substring(0, colon);
        region = target.name().substring(colon + 1);
    }

    /// Never throws.
    EventReading read(String body) {
        JsonNode envelope;
        try {
            envelope = json.readTree(body);
        } catch (JacksonException e) {
            return new Foreign("malformed", "is no JSON: " + e.getOriginalMessage());
        }
        String source = text(envelope, "source");
        if (!envelope.path("detail").isObject()
                || source.isEmpty()
                || text(envelope, "detail-type").isEmpty()) {
            return new Foreign("malformed", "is no EventBridge event: source, detail-type or detail is missing");
        }
        if (!text(envelope, "account").equals(account)) {
            return new Foreign("account", "is of account '" + text(envelope, "account") + "'");
        }
        if (!text(envelope, "region").equals(region)) {
            return new Foreign("region", "is of region '" + text(envelope, "region") + "'");
        }
        if (!SOURCES.contains(source)) {
            return new Foreign("source", "is of source '" + source + "', which nothing here follows");
        }
        return text(envelope, "detail-type").equals(CLOUD_TRAIL)
                ? call(envelope.path("detail"), text(envelope, "time"))
                : new Understood(told(envelope), "");
    }

    private static EventNews told(JsonNode envelope) {
        var news = new EventNews();
        collect(envelope.path("detail"), false, news, 0);
        associate(news);
        return news;
    }

    private static Understood call(JsonNode detail, String eventBridgeTime) {
        var news = new EventNews();
        if (!text(detail, "errorCode").isEmpty()) {
            // It was refused: nothing changed.
            return new Understood(news, "");
        }
        String service = text(detail, "eventSource");
        TouchFacet.Kind entry = ENTRIES.get(service + " " + text(detail, "eventName"));
        boolean ofGroups = service.equals("autoscaling.amazonaws.com");
        collect(detail.path("requestParameters"), ofGroups, news, 0);
        collect(detail.path("responseElements"), ofGroups, news, 0);
        associate(news);
        if (entry == null) {
            return new Understood(news, "");
        }
        String said = text(detail, "eventTime");
        @Nullable Instant at = instant(said.isEmpty() ? eventBridgeTime : said);
        String by = by(detail.path("userIdentity"));
        news.instances().forEach(instance -> news.touches().add(new Touch(instance, entry, at, by)));
        return new Understood(news, isForOthers(detail.path("requestParameters")) ? text(detail, "eventName") : "");
    }

    private static boolean isForOthers(JsonNode request) {
        for (String key : TARGETS) {
            JsonNode named = request.path(key);
            if (named.isString() && !named.stringValue().isEmpty()) {
                return true;
            }
            for (JsonNode target : named.values()) {
                var news = new EventNews();
                collect(target, false, news, 0);
                if (news.instances().isEmpty()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static void collect(JsonNode node, boolean ofGroups, EventNews news, int depth) {
        if (depth > DEEPEST) {
            return;
        }
        for (var property : node.properties()) {
            JsonNode value = property.getValue();
            if (value.isString()) {
                named(property.getKey(), value.stringValue(), ofGroups, news);
            }
            collect(value, ofGroups, news, depth + 1);
        }
        if (node.isArray()) {
            for (JsonNode element : node.values()) {
                if (element.isString()) {
                    named("", element.stringValue(), ofGroups, news);
                }
                collect(element, ofGroups, news, depth + 1);
            }
        }
    }

    private static void named(String key, String value, boolean ofGroups, EventNews news) {
        if (INSTANCE.matcher(value).matches()) {
            news.instances().add(value);
        } else if (TEMPLATE.matcher(value).matches()) {
            news.templates().add(value);
        } else if (value.isEmpty()) {
            return;
        } else if (key.equalsIgnoreCase("autoScalingGroupName")
                // Tags of groups: CreateOrUpdateTags, DeleteTags.
                || (ofGroups && key.equals("resourceId"))) {
            news.groups().add(value);
        } else if (key.equalsIgnoreCase("launchTemplateName")) {
            news.templates().add(value);
        }
    }

    private static void associate(EventNews news) {
        if (news.groups().size() == 1) {
            String group = news.groups().iterator().next();
            news.instances().forEach(instance -> news.groupOf().put(instance, group));
        }
    }

    /// Who, as people know them: the ARN of a user or of an assumed role's session.
    private static String by(JsonNode identity) {
        for (String key : new String[] {"arn", "userName", "principalId", "invokedBy"}) {
            if (!text(identity, key).isEmpty()) {
                return text(identity, key);
            }
        }
        return "";
    }

    private static @Nullable Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException _) {
            return null;
        }
    }

    private static String text(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.isString() ? value.stringValue() : "";
    }
}
