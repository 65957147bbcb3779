package dev.snowmelt.cli;

import static java.util.stream.Collectors.joining;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.cli.kafka.Part;
import dev.snowmelt.cli.kafka.TopicSetup;
import dev.snowmelt.cli.output.Results;
import dev.snowmelt.cli.output.Table;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.TopicProvisioning.Difference;
import dev.snowmelt.schemas.topic.TopicProvisioning.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `snowmelt topics`: parent of what is done with topics.
@Command(
        name = "topics",
        description = "Makes Snowmelt's topics, and shows what rights on them each part needs.",
        subcommands = {TopicsCommand.Create.class, AclsCommand.class})
final class TopicsCommand extends SnowmeltCommand {
    @Override
    public Integer call() {
        throw misused("Say what to do with the topics: create or acls.");
    }

    /// `snowmelt topics create`.
    @Command(
            name = "create",
            description = {
                "Creates every topic that is missing, with its settings. A topic that exists is never changed;",
                "what differs is listed, and the exit code is 1: with --tolerate-differences only where Snowmelt",
                "would not work (partitions, cleanup.policy, message.timestamp.type, a smaller max.message.bytes),",
                "or where brokers do not tell this user its settings."
            },
            footer = {
                "",
                "Examples:",
                "  snowmelt topics create --bootstrap-server kafka:9092",
                "  snowmelt topics create --replication-factor 1 --partitions 4",
                "  snowmelt topics create --tolerate-differences          # before each upgrade, by a machine",
                "  snowmelt topics create --output json"
            })
    static final class Create extends SnowmeltCommand {
        @Option(names = "--partitions", paramLabel = "N", description = "kafka.partitions: of every topic (12).")
        private @Nullable String partitions;

        @Option(
                names = "--replication-factor",
                paramLabel = "N",
                description = "kafka.replicationFactor: replicas of each partition (3).")
        private @Nullable String replicationFactor;

        @Option(
                names = "--min-insync-replicas",
                paramLabel = "N",
                description = "kafka.minInSyncReplicas: replicas that must have a record before it counts (one less).")
        private @Nullable String minInSyncReplicas;

        @Option(
                names = "--tolerate-differences",
                description = "Exit with 0 where retention, replicas and the like differ: somebody may want them so.")
        private boolean tolerate;

        @Override
        public Integer call() throws InterruptedException {
            Map<String, String> options = new HashMap<>();
            put(options, "kafka.partitions", partitions);
            put(options, "kafka.replicationFactor", replicationFactor);
            put(options, "kafka.minInSyncReplicas", minInSyncReplicas);
            Config.Kafka kafka = root().config(options).kafka();
            await(kafka, List.of(), Part.TOPICS);

            List<Result> provisioned = TopicSetup.provision(kafka, root().patience());
            results().print(() -> tree(provisioned), () -> table(provisioned).lines(Table.WIDTH));
            return provisioned.stream().anyMatch(each -> counts(each, tolerate)) ? ExitCode.ERROR : ExitCode.OK;
        }

        /// Whether the exit code is 1 for it. What nobody was told cannot be tolerated: it may be what
        /// decides.
        static boolean counts(Result result, boolean tolerate) {
            return switch (result) {
                case TopicProvisioning.Created _, TopicProvisioning.Exists _ -> false;
                case TopicProvisioning.Differs differs ->
                    !tolerate
                            || !differs.settingsTold()
                            || differs.differences().stream().anyMatch(Difference::decisive);
                case TopicProvisioning.Missing _, TopicProvisioning.NotTold _ -> true;
            };
        }

        private static void put(Map<String, String> options, String key, @Nullable String value) {
            if (value != null) {
                options.put(key, value);
            }
        }

        private static Table table(List<Result> results) {
            var table = new Table("TOPIC", "RESULT", "DIFFERENCES");
            for (Result result : results) {
                table.row(result.topic(), word(result), said(result));
            }
            return table;
        }

        private static String said(Result result) {
            return switch (result) {
                case TopicProvisioning.Differs differs ->
                    differs.differences().stream()
                                    .map(one -> one.setting() + " is " + one.is() + ", should be " + one.shouldBe())
                                    .collect(joining("; "))
                            + (differs.settingsTold()
                                    ? ""
                                    : "; its settings are not known: " + lacks(AclOperation.DESCRIBE_CONFIGS));
                case TopicProvisioning.NotTold hidden -> lacks(hidden.right());
                case TopicProvisioning.Created _, TopicProvisioning.Exists _, TopicProvisioning.Missing _ -> "";
            };
        }

        private static String lacks(AclOperation right) {
            return "this user lacks " + right;
        }

        private static ObjectNode tree(List<Result> results) {
            ObjectNode tree = Results.object();
            var list = tree.putArray("topics");
            for (Result result : results) {
                ObjectNode one = list.addObject().put("topic", result.topic()).put("result", word(result));
                if (result instanceof TopicProvisioning.Differs differs) {
                    one.put("settingsTold", differs.settingsTold());
                    var differences = one.putArray("differences");
                    differs.differences()
                            .forEach(each -> differences
                                    .addObject()
                                    .put("setting", each.setting())
                                    .put("is", each.is())
                                    .put("shouldBe", each.shouldBe()));
                }
            }
            return tree;
        }

        private static String word(Result result) {
            return switch (result) {
                case TopicProvisioning.Created _ -> "created";
                case TopicProvisioning.Exists _ -> "exists";
                case TopicProvisioning.Differs _ -> "differs";
                case TopicProvisioning.Missing _ -> "missing";
                case TopicProvisioning.NotTold _ -> "not told";
            };
        }
    }
}
