package dev.snowmelt.sandbox.kafka;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.stream.Collectors;

/// What `server.properties` says for one node of a small cluster whose nodes are broker and controller at once.
final class NodeSettings {

    static final String BROKER = "BROKER";
    static final String CONTROLLER = "CONTROLLER";

    private NodeSettings() {}

    /// The two listeners of a node.
    record Ports(ReservedPort broker, ReservedPort controller) {}

    /// @param ports the ports of all nodes, by node id
    /// @param overrides settings of the caller, which win
    static Properties of(int id, Path folder, SortedMap<Integer, Ports> ports, Map<String, String> overrides) {
        int nodes = ports.size();
        var replicas = String.valueOf(nodes);
        var inSync = nodes >= 3 ? "2" : "1";
        var own = ports.get(id);
        if (own == null) {
            throw new IllegalArgumentException("no node " + id + " among " + ports.keySet());
        }

        var settings = new Properties();
        settings.setProperty("process.roles", "broker,controller");
        settings.setProperty("node.id", String.valueOf(id));
        settings.setProperty("log.dirs", folder.toString());
        settings.setProperty(
                "listeners",
                BROKER + "://" + own.broker().hostAndPort() + "," + CONTROLLER + "://"
                        + own.controller().hostAndPort());
        settings.setProperty("listener.security.protocol.map", BROKER + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        settings.setProperty("inter.broker.listener.name", BROKER);
        settings.setProperty("controller.listener.names", CONTROLLER);
        settings.setProperty(
                "controller.quorum.voters",
                ports.entrySet().stream()
                        .map(node -> node.getKey() + "@"
                                + node.getValue().controller().hostAndPort())
                        .collect(Collectors.joining(",")));

        // A topic that appears by itself would have the wrong number of partitions and hide a wiring mistake.
        settings.setProperty("auto.create.topics.enable", "false");
        settings.setProperty("default.replication.factor", replicas);
        settings.setProperty("min.insync.replicas", inSync);
        settings.setProperty("offsets.topic.replication.factor", replicas);
        settings.setProperty("offsets.topic.num.partitions", "1");
        settings.setProperty("transaction.state.log.replication.factor", replicas);
        settings.setProperty("transaction.state.log.min.isr", inSync);
        settings.setProperty("transaction.state.log.num.partitions", "1");
        settings.setProperty("share.coordinator.state.topic.replication.factor", replicas);
        settings.setProperty("share.coordinator.state.topic.min.isr", inSync);
        settings.setProperty("share.coordinator.state.topic.num.partitions", "1");

        // Small and quick: one machine, a handful of clients.
        settings.setProperty("group.initial.rebalance.delay.ms", "0");
        settings.setProperty("log.cleaner.dedupe.buffer.size", "2097152");
        settings.setProperty("num.network.threads", "2");
        settings.setProperty("num.io.threads", "4");
        settings.setProperty("background.threads", "2");
        settings.setProperty("broker.session.timeout.ms", "3000");
        settings.setProperty("broker.heartbeat.interval.ms", "500");
        // A start that hangs must end as an error.
        settings.setProperty("server.max.startup.time.ms", "60000");

        overrides.forEach(settings::setProperty);
        return settings;
    }
}
