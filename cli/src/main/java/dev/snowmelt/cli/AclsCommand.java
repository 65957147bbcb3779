package dev.snowmelt.cli;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.output.Results;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `snowmelt topics acls`.
@Command(
        name = "acls",
        description = {
            "Shows the least rights of a role or command on brokers that check them, as calls of Kafka's own tool.",
            "It asks no broker and changes nothing."
        },
        footer = {
            "",
            "Examples:",
            "  snowmelt topics acls --for detect --principal User:snowmelt-detect",
            "  snowmelt topics acls --for collect --principal User:collector | sh -e",
            "  snowmelt topics acls --for remediate --principal User:remediate --output json"
        })
final class AclsCommand extends SnowmeltCommand {
    @Option(
            names = "--for",
            required = true,
            paramLabel = "PART",
            description = {
                "topics (who creates them), collect, collect-kubernetes (where no AWS account is watched), detect,",
                "resolve, remediate, execute (with remediate.planner: false), plan (only the planner's share: nothing",
                "starts with it alone, for whoever plans also executes; grant remediate), declare, status or scan."
            })
    private Part part = Part.TOPICS;

    @Option(
            names = "--principal",
            paramLabel = "USER",
            defaultValue = "User:snowmelt",
            description = "Whom brokers see (User:snowmelt).")
    private String principal = "";

    @Option(names = "--command-config", paramLabel = "FILE", description = "How kafka-acls.sh itself authenticates.")
    private @Nullable String commandConfig;

    @Override
    public Integer call() {
        Config.Kafka kafka = root().config(Map.of()).kafka();
        List<AclBinding> rights = part.rights(kafka.prefix(), principal);
        results().print(() -> tree(rights), () -> lines(kafka, rights));
        return ExitCode.OK;
    }

    private List<String> lines(Config.Kafka kafka, List<AclBinding> rights) {
        Map<ResourcePattern, List<AclBinding>> byPattern =
                rights.stream().collect(groupingBy(AclBinding::pattern, LinkedHashMap::new, toList()));
        List<String> lines = new ArrayList<>();
        byPattern.forEach((pattern, some) -> lines.add("kafka-acls.sh --bootstrap-server " + kafka.bootstrapServers()
                + (commandConfig == null ? "" : " --command-config " + commandConfig)
                + " --add --allow-principal " + principal
                + some.stream()
                        .map(right -> " --operation " + operation(right.entry().operation()))
                        .collect(joining())
                + option(pattern.resourceType()) + pattern.name()
                + (pattern.patternType() == PatternType.PREFIXED ? " --resource-pattern-type prefixed" : "")));
        return lines;
    }

    private static String option(ResourceType type) {
        return " --" + type.name().toLowerCase(Locale.ROOT).replace('_', '-') + " ";
    }

    /// As the tool spells it: `DescribeConfigs`.
    private static String operation(AclOperation operation) {
        return List.of(operation.name().split("_", -1)).stream()
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
                .collect(joining());
    }

    private static ObjectNode tree(List<AclBinding> rights) {
        ObjectNode tree = Results.object();
        var list = tree.putArray("acls");
        for (AclBinding right : rights) {
            list.addObject()
                    .put("principal", right.entry().principal())
                    .put("operation", right.entry().operation().name())
                    .put("type", right.pattern().resourceType().name())
                    .put("pattern", right.pattern().patternType().name())
                    .put("name", right.pattern().name());
        }
        return tree;
    }
}
