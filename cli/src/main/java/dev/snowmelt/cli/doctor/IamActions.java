package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.role.AwsAccount;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.awscore.AwsResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The calls of the policies in docs/aws, and how it can be told, without changing anything, whether they are allowed.
final class IamActions {
    /// Of no instance: AWS looks at the right before it looks for the instance.
    private static final String NO_INSTANCE = "i-00000000000000000";

    private static final String NO_GROUP = "snowmelt-doctor-asks";

    private IamActions() {}

    /// Asks AWS; returns, or throws the SDK's exception, which says why not. EC2's dry runs always throw.
    interface Probe {
        AwsResponse ask(AwsAccount account);
    }

    /// A way for each action that has one. What is missing would change something: terminate, update, take an event.
    private static final Map<String, Probe> PROBES = new TreeMap<>(Map.of(
            "ec2:DescribeInstances",
            account -> account.ec2().describeInstances(request -> request.dryRun(true)),
            "ec2:DescribeLaunchTemplates",
            account -> account.ec2().describeLaunchTemplates(request -> request.dryRun(true)),
            "ec2:DescribeLaunchTemplateVersions",
            account -> account.ec2()
                    .describeLaunchTemplateVersions(
                            request -> request.dryRun(true).versions("$Latest")),
            "ec2:DescribeImages",
            account -> account.ec2().describeImages(request -> request.dryRun(true)),
            "ec2:DescribeInstanceAttribute",
            account -> account.ec2()
                    .describeInstanceAttribute(request ->
                            request.dryRun(true).attribute("userData").instanceId(NO_INSTANCE)),
            "autoscaling:DescribeAutoScalingGroups",
            account -> account.autoScaling().describeAutoScalingGroups(request -> request.maxRecords(1)),
            "autoscaling:DescribeAutoScalingInstances",
            account -> account.autoScaling().describeAutoScalingInstances(request -> request.maxRecords(1)),
            "autoscaling:DescribeLaunchConfigurations",
            account -> account.autoScaling().describeLaunchConfigurations(request -> request.maxRecords(1)),
            "autoscaling:DescribeWarmPool",
            account -> account.autoScaling()
                    .describeWarmPool(
                            request -> request.autoScalingGroupName(NO_GROUP).maxRecords(1)),
            "autoscaling:DescribeInstanceRefreshes",
            account -> account.autoScaling()
                    .describeInstanceRefreshes(
                            request -> request.autoScalingGroupName(NO_GROUP).maxRecords(1))));

    static Map<String, Probe> probes() {
        return PROBES;
    }

    /// Everything that a documented policy allows.
    ///
    /// @param policy its file: `aws/collector-policy.json`
    static Set<String> documented(String policy) {
        try (InputStream in = IamActions.class.getResourceAsStream("/" + policy)) {
            if (in == null) {
                throw new IllegalStateException(policy + " is not packed with the command");
            }
            var actions = new TreeSet<String>();
            for (JsonNode statement :
                    JsonMapper.shared().readTree(in).path("Statement").values()) {
                statement.path("Action").valueStream().map(JsonNode::asString).forEach(actions::add);
            }
            return actions;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
