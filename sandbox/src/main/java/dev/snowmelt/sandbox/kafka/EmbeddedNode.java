package dev.snowmelt.sandbox.kafka;

import dev.snowmelt.sandbox.kafka.NodeSettings.Ports;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.SharedServer;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.fault.LoggingFaultHandler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One combined KRaft node (broker and controller) in this JVM, on ports that were reserved before.
final class EmbeddedNode {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedNode.class);

    /// How long a stopping broker may take to hand its leaderships over; without a quorum nobody would ever answer it.
    private static final Duration HAND_OVER = Duration.ofSeconds(10);

    private final Ports ports;
    private final Properties settings;
    /// Listeners opened by [#bind] and not yet taken by Kafka, by listener name.
    private final Map<String, ServerSocketChannel> bound = new ConcurrentHashMap<>();

    private @Nullable Servers servers;

    private record Servers(SharedServer shared, ControllerServer controller, BrokerServer broker) {}

    EmbeddedNode(Ports ports, Properties settings) {
        this.ports = ports;
        this.settings = settings;
    }

    /// Opens both listeners, so that other nodes' connections queue up instead of being refused.
    void bind() {
        bound.put(NodeSettings.CONTROLLER, ports.controller().listen());
        bound.put(NodeSettings.BROKER, ports.broker().listen());
    }

    /// Blocks until the broker takes requests, which needs a majority of the cluster's nodes.
    void start() {
        var config = KafkaConfig.fromProps(settings, false);
        var directories = KafkaRaftServer.initializeLogDirs(config, log, "");
        var voters = config.quorumConfig();
        var shared = new SharedServer(
                config,
                directories._1(),
                Time.SYSTEM,
                new Metrics(),
                CompletableFuture.completedFuture(QuorumConfig.parseVoterConnections(voters.voters())),
                QuorumConfig.parseBootstrapServers(voters.bootstrapServers()),
                // Kafka's own handler ends the JVM, which here is not Kafka's.
                (name, _, action) -> new LoggingFaultHandler(name, action),
                (listener, address, _, _) -> take(listener, address.toString()));
        var started = new Servers(
                shared,
                new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2()),
                new BrokerServer(shared));
        servers = started;
        started.controller().startup();
        started.broker().startup();
    }

    private ServerSocketChannel take(String listener, String address) throws IOException {
        var channel = bound.remove(listener);
        if (channel == null) {
            throw new IOException("no socket was opened for listener " + listener + " at " + address);
        }
        return channel;
    }

    boolean running() {
        return servers != null;
    }

    /// The broker's own view of the cluster; empty while the node is stopped.
    Optional<BrokerServer> broker() {
        return Optional.ofNullable(servers).map(Servers::broker);
    }

    /// Stops the broker, which hands its leaderships over when there is somebody to take them.
    void stopBroker() {
        if (servers != null) {
            servers.broker().shutdown(HAND_OVER);
        }
    }

    /// Takes the node out of the quorum at once. A quorum's last leader would otherwise wait five seconds for a
    /// successor,
    /// and find none when the whole cluster stops.
    void leaveQuorum() {
        if (servers != null) {
            servers.shared()
                    .raftManager()
                    .client()
                    .shutdown(1)
                    .exceptionally(_ -> null)
                    .join();
        }
    }

    /// Stops the controller and closes whatever is left open. After the broker: that one still needs a quorum.
    void stopController() {
        if (servers != null) {
            servers.controller().shutdown();
            servers = null;
        }
        for (var channel : List.copyOf(bound.values())) {
            try {
                channel.close();
            } catch (IOException e) {
                log.atDebug().setCause(e).log("a listener that nobody used could not be closed");
            }
        }
        bound.clear();
    }
}
