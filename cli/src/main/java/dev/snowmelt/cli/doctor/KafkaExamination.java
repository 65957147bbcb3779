package dev.snowmelt.cli.doctor;

import dev.snowmelt.cli.config.Config;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topics;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;

/// The brokers: that they answer, what they can, and everything that Snowmelt keeps there.
///
/// @param asked whose rights and groups are asked for
record KafkaExamination(Config config, Map<String, String> environment, Asked asked, InstantSource clock)
        implements Examination {
    private static final List<String> RESTING_ON_KAFKA = List.of(
            "kafka.transactions",
            "kafka.topics",
            "kafka.replication",
            "kafka.acls",
            "kafka.groups",
            "collectors",
            "clock.kafka",
            "registry");

    @Override
    public String subject() {
        return "kafka";
    }

    @Override
    public void look(Consumer<Finding> tell) throws InterruptedException {
        Config.Kafka kafka = config.kafka();
        try (Brokers brokers = Brokers.of(kafka)) {
            int nodes = reach(brokers, tell);
            Topics topics = kafka.topics();
            Brokers.tryTo("kafka.transactions", tell, () -> transactions(kafka, tell));
            new TopicFindings(brokers, topics).look(tell);
            new ReplicationFindings(brokers, topics, nodes).look(tell);
            new AclFindings(brokers.admin(), config, asked.roles()).look(tell);
            var collectors = new CollectorFindings(brokers, config, clock);
            Brokers.tryTo("collectors", tell, () -> collectors.look(tell));
            var groups = new GroupFindings(
                    brokers,
                    topics,
                    asked,
                    config.remediate().planner(),
                    collectors.targets(),
                    CollectorFindings.configured(config));
            Brokers.tryTo("kafka.groups", tell, () -> groups.look(tell));
            Brokers.tryTo("clock.kafka", tell, () -> Clocks.kafka(brokers, topics, clock, tell));
            Brokers.tryTo("registry", tell, () -> new RegistryFindings(brokers, config, environment).look(tell));
        } catch (KafkaException e) {
            tell.accept(Finding.fail(
                    "kafka.reachable",
                    kafka.bootstrapServers() + " does not answer: " + Brokers.words(e),
                    "correct --bootstrap-server (kafka.bootstrapServers), kafka.client (TLS, SASL), or the network"));
            RESTING_ON_KAFKA.forEach(check -> tell.accept(Finding.skipped(check, "Kafka does not answer")));
        }
    }

    private int reach(Brokers brokers, Consumer<Finding> tell) throws InterruptedException {
        var cluster = brokers.admin().describeCluster(new DescribeClusterOptions().timeoutMs(Brokers.CALL_MILLIS));
        List<Node> nodes = List.copyOf(Brokers.get(cluster.nodes()));
        tell.accept(Finding.ok(
                "kafka.reachable",
                nodes.size() + (nodes.size() == 1 ? " broker" : " brokers") + " of the cluster "
                        + Brokers.get(cluster.clusterId()) + " at "
                        + config.kafka().bootstrapServers()));
        return nodes.size();
    }

    private static void transactions(Config.Kafka kafka, Consumer<Finding> tell) {
        var finding = new BrokerChecks(kafka.bootstrapServers(), kafka.client())
                .look(new BrokerChecks.Needs(List.of(), true));
        switch (finding) {
            case BrokerChecks.Ready _ ->
                tell.accept(Finding.ok("kafka.transactions", "transaction.version is high enough for exactly-once"));
            case BrokerChecks.NotYet(List<String> problems) ->
                tell.accept(Finding.fail("kafka.transactions", String.join(" ", problems), "ask again"));
            case BrokerChecks.Unfit(List<String> problems) ->
                tell.accept(Finding.fail(
                        "kafka.transactions",
                        String.join(" ", problems),
                        "registrar, scanner and planner refuse to start on less"));
        }
    }
}
