package dev.snowmelt.sandbox.kafka;

import dev.snowmelt.sandbox.kafka.NodeSettings.Ports;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.metadata.LeaderAndIsr;
import org.jspecify.annotations.Nullable;

/// A Kafka cluster of one or three KRaft nodes in this JVM, made of the artifacts that also run in production.
///
/// It listens on the loopback address only. All features are at their newest production level, topics are never created
/// by
/// themselves, and with three nodes everything is replicated three times with `min.insync.replicas` 2. The nodes are
/// numbered from 1.
public final class EmbeddedKafka implements AutoCloseable {

    private final DataFolder data;
    private final NavigableMap<Integer, Ports> ports;
    private final NavigableMap<Integer, EmbeddedNode> nodes;

    private EmbeddedKafka(
            DataFolder data, NavigableMap<Integer, Ports> ports, NavigableMap<Integer, EmbeddedNode> nodes) {
        this.data = data;
        this.ports = ports;
        this.nodes = nodes;
    }

    /// Starts a cluster on any free ports, with a temporary data folder.
    ///
    /// @param nodes 1 or 3
    /// @throws BrokerStartException when it cannot be started
    public static EmbeddedKafka start(int nodes) {
        return builder().nodes(nodes).start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /// What a cluster is to be like.
    public static final class Builder {

        private final Map<String, String> properties = new LinkedHashMap<>();
        private int nodes = 1;
        private int port;
        private @Nullable Path dataFolder;

        private Builder() {}

        /// 1 or 3; 1 unless said otherwise.
        public Builder nodes(int nodes) {
            if (nodes != 1 && nodes != 3) {
                throw new IllegalArgumentException("a cluster has 1 or 3 nodes, not " + nodes);
            }
            this.nodes = nodes;
            return this;
        }

        /// Keeps the data in this folder, and the cluster id with it, so that the next start finds them again. Without
        /// it
        /// they go into a temporary folder that [EmbeddedKafka#close] deletes.
        public Builder dataFolder(Path dataFolder) {
            this.dataFolder = dataFolder;
            return this;
        }

        /// The port of node 1; the following nodes take the following ports. 0, the default, means any free ones.
        public Builder port(int port) {
            this.port = port;
            return this;
        }

        /// Sets one broker setting on every node, over whatever is the default here.
        public Builder property(String key, String value) {
            properties.put(key, value);
            return this;
        }

        /// Starts the cluster and returns when every node takes requests.
        ///
        /// @throws BrokerStartException when a port cannot be bound, the data folder is in use,
        /// or Kafka refuses to start
        public EmbeddedKafka start() {
            var data = DataFolder.open(dataFolder, nodes);
            var ports = new TreeMap<Integer, Ports>();
            var kafka = new EmbeddedKafka(data, ports, new TreeMap<>());
            try {
                for (int id = 1; id <= nodes; id++) {
                    var broker = ReservedPort.of(port == 0 ? 0 : port + id - 1);
                    ports.put(id, new Ports(broker, ReservedPort.of(0)));
                }
                for (int id = 1; id <= nodes; id++) {
                    var settings = NodeSettings.of(id, data.node(id), ports, properties);
                    var node = new EmbeddedNode(kafka.portsOf(id), settings);
                    kafka.nodes.put(id, node);
                    node.bind();
                }
                kafka.inParallel(kafka.nodes.values(), EmbeddedNode::start);
                return kafka;
            } catch (RuntimeException e) {
                kafka.close();
                throw e;
            }
        }
    }

    /// `HOST:PORT` of every node, with commas; stopped nodes are included, because clients may outlive the stop.
    public String bootstrapServers() {
        return ports.values().stream().map(node -> node.broker().hostAndPort()).collect(Collectors.joining(","));
    }

    /// The id under which the data folder was formatted; the same again after a restart from that folder.
    public String clusterId() {
        return data.clusterId();
    }

    /// The folder of the data, be it given or temporary.
    public Path dataFolder() {
        return data.path();
    }

    /// The ids of all nodes, running or stopped.
    public Set<Integer> nodes() {
        return Set.copyOf(nodes.keySet());
    }

    /// The ids of the nodes that were started and not stopped.
    public synchronized Set<Integer> runningNodes() {
        var running = new TreeSet<Integer>();
        nodes.forEach((id, node) -> {
            if (node.running()) {
                running.add(id);
            }
        });
        return running;
    }

    /// Stops one node cleanly: it hands over its leaderships first. It keeps its port and data for [#startNode].
    /// For a crash use [BrokerProcess#kill].
    public synchronized void stopNode(int id) {
        var node = node(id);
        node.stopBroker();
        node.stopController();
    }

    /// Starts a stopped node on the port and data it had.
    ///
    /// @throws BrokerStartException when it cannot be started
    public synchronized void startNode(int id) {
        var node = node(id);
        if (node.running()) {
            throw new IllegalStateException("node " + id + " is running");
        }
        node.bind();
        inParallel(List.of(node), EmbeddedNode::start);
    }

    /// The node that leads the partition; empty when the partition does not exist or has no leader now.
    public synchronized OptionalInt leaderOf(TopicPartition partition) {
        return state(partition)
                .map(LeaderAndIsr::leader)
                .filter(leader -> leader != LeaderAndIsr.NO_LEADER)
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    /// The nodes whose replica of the partition is in sync; empty when the partition does not exist.
    public synchronized Set<Integer> inSyncReplicasOf(TopicPartition partition) {
        return state(partition).map(state -> Set.copyOf(state.isr())).orElse(Set.of());
    }

    /// Stops every node, and deletes the data when its folder was temporary.
    @Override
    public synchronized void close() {
        inParallel(nodes.values(), EmbeddedNode::stopBroker);
        inParallel(nodes.values(), EmbeddedNode::leaveQuorum);
        inParallel(nodes.values(), EmbeddedNode::stopController);
        ports.values().forEach(node -> {
            node.broker().close();
            node.controller().close();
        });
        data.close();
    }

    /// As the newest of the running nodes knows it: a node that has just come back may not have caught up yet.
    private Optional<LeaderAndIsr> state(TopicPartition partition) {
        return nodes.values().stream()
                .flatMap(node -> node.broker().stream())
                .flatMap(broker ->
                        broker.metadataCache().getLeaderAndIsr(partition.topic(), partition.partition()).stream())
                .max((a, b) -> Integer.compare(a.partitionEpoch(), b.partitionEpoch()));
    }

    private EmbeddedNode node(int id) {
        var node = nodes.get(id);
        if (node == null) {
            throw new IllegalArgumentException("there is no node " + id + ", only " + nodes.keySet());
        }
        return node;
    }

    private Ports portsOf(int id) {
        var found = ports.get(id);
        if (found == null) {
            throw new IllegalArgumentException("there is no node " + id + ", only " + ports.keySet());
        }
        return found;
    }

    /// Does the same to several nodes at once: a node's start waits for the others to form a quorum.
    private void inParallel(Collection<EmbeddedNode> some, Consumer<EmbeddedNode> action) {
        if (some.isEmpty()) {
            return;
        }
        var tasks = new ArrayList<Callable<Void>>();
        for (var node : some) {
            tasks.add(() -> {
                action.accept(node);
                return null;
            });
        }
        // Platform threads: Kafka blocks in monitors for seconds here.
        try (var threads = Executors.newFixedThreadPool(tasks.size(), work -> new Thread(work, "embedded-kafka"))) {
            for (var result : threads.invokeAll(tasks)) {
                result.get();
            }
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw new BrokerStartException("The embedded Kafka failed: " + cause.getMessage() + ".", cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerStartException("Waiting for the embedded Kafka was interrupted.", e);
        }
    }
}
