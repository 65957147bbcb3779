package dev.snowmelt.brokers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/// Kafka in containers, a broker and controller each. Clients come in by TLS; `operator()` is the way of whoever
/// set the cluster up, without TLS and with every right.
final class Brokers implements AutoCloseable {
    private static final String IMAGE = System.getProperty("snowmelt.kafka.image", "apache/kafka:4.3.1");
    private static final String CLUSTER = "4L6g3nShT-eMCtK--X86sw";
    private static final Duration START = Duration.ofSeconds(90);

    private final Network network = Network.newNetwork();
    private final List<GenericContainer<?>> nodes = new ArrayList<>();
    private final List<Integer> operatorPorts;
    private final List<Integer> clientPorts;

    /// @param count brokers, 1 or more
    /// @param authentication how clients say who they are
    static Brokers start(int count, Authentication authentication, Certificate certificate) {
        var brokers = new Brokers(count, authentication, certificate);
        try {
            Startables.deepStart(brokers.nodes).join();
        } catch (RuntimeException e) {
            brokers.close();
            throw e;
        }
        return brokers;
    }

    /// How clients say who they are.
    enum Authentication {
        /// They do not: every client may do everything.
        NONE("SSL"),
        /// By name and password; who has no ACL may do nothing.
        SCRAM("SASL_SSL");

        private final String protocol;

        Authentication(String protocol) {
            this.protocol = protocol;
        }
    }

    private Brokers(int count, Authentication authentication, Certificate certificate) {
        operatorPorts = freePorts(count);
        clientPorts = freePorts(count);
        for (int i = 0; i < count; i++) {
            nodes.add(node(i, count, authentication, certificate));
        }
    }

    /// Ports are fixed, so that a broker that comes back is where it was.
    private GenericContainer<?> node(int index, int count, Authentication authentication, Certificate certificate) {
        String host = host(index);
        var node = new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withNetwork(network)
                .withNetworkAliases(host)
                .withEnv(settings(index, count, authentication))
                .withCopyFileToContainer(
                        MountableFile.forHostPath(certificate.keyStore(), 0644), "/etc/kafka/secrets/keystore.p12")
                .waitingFor(Wait.forLogMessage(".*Transitioning from RECOVERY to RUNNING.*", 1)
                        .withStartupTimeout(START));
        node.setPortBindings(List.of(
                "127.0.0.1:" + operatorPorts.get(index) + ":9092", "127.0.0.1:" + clientPorts.get(index) + ":9094"));
        return node;
    }

    private static String host(int index) {
        return "broker-" + (index + 1);
    }

    private Map<String, String> settings(int index, int count, Authentication authentication) {
        int replicas = Math.min(3, count);
        Map<String, String> settings = new HashMap<>();
        settings.put("CLUSTER_ID", CLUSTER);
        settings.put("KAFKA_HEAP_OPTS", "-Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        settings.put("KAFKA_LOG4J_LOGGERS", "kafka.authorizer.logger=DEBUG");
        settings.put("KAFKA_NODE_ID", "" + (index + 1));
        settings.put("KAFKA_PROCESS_ROLES", "broker,controller");
        settings.put("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER");
        settings.put("KAFKA_INTER_BROKER_LISTENER_NAME", "BROKER");
        settings.put(
                "KAFKA_CONTROLLER_QUORUM_VOTERS",
                IntStream.range(0, count)
                        .mapToObj(i -> (i + 1) + "@" + host(i) + ":9090")
                        .collect(Collectors.joining(",")));
        settings.put("KAFKA_LISTENERS", "CONTROLLER://:9090,BROKER://:9091,OPERATOR://:9092,CLIENT://:9094");
        settings.put(
                "KAFKA_ADVERTISED_LISTENERS",
                "BROKER://" + host(index) + ":9091,OPERATOR://127.0.0.1:" + operatorPorts.get(index)
                        + ",CLIENT://localhost:" + clientPorts.get(index));
        settings.put(
                "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                "CONTROLLER:PLAINTEXT,BROKER:PLAINTEXT,OPERATOR:PLAINTEXT,CLIENT:" + authentication.protocol);
        settings.put("KAFKA_SSL_KEYSTORE_LOCATION", "/etc/kafka/secrets/keystore.p12");
        settings.put("KAFKA_SSL_KEYSTORE_TYPE", "PKCS12");
        settings.put("KAFKA_SSL_KEYSTORE_PASSWORD", Certificate.PASSWORD);
        settings.put("KAFKA_SSL_KEY_PASSWORD", Certificate.PASSWORD);
        if (authentication == Authentication.SCRAM) {
            settings.put("KAFKA_SASL_ENABLED_MECHANISMS", "SCRAM-SHA-512");
            settings.put(
                    "KAFKA_LISTENER_NAME_CLIENT_SCRAM___SHA___512_SASL_JAAS_CONFIG",
                    "org.apache.kafka.common.security.scram.ScramLoginModule required;");
            settings.put("KAFKA_AUTHORIZER_CLASS_NAME", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
            // Nobody who comes in by CLIENT is anonymous.
            settings.put("KAFKA_SUPER_USERS", "User:ANONYMOUS");
        }
        settings.put("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
        settings.put("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
        // Topics behind stores are made with the brokers' default, which would be one replica.
        settings.put("KAFKA_DEFAULT_REPLICATION_FACTOR", "" + replicas);
        settings.put("KAFKA_MIN_INSYNC_REPLICAS", "" + Math.max(1, replicas - 1));
        settings.put("KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS", "1");
        settings.put("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "" + replicas);
        settings.put("KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS", "1");
        settings.put("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "" + replicas);
        settings.put("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "" + Math.max(1, replicas - 1));
        settings.put("KAFKA_LOG_CLEANER_DEDUPE_BUFFER_SIZE", "" + (4 << 20));
        settings.put("KAFKA_BROKER_SESSION_TIMEOUT_MS", "3000");
        settings.put("KAFKA_BROKER_HEARTBEAT_INTERVAL_MS", "500");
        return settings;
    }

    /// Where Snowmelt comes in.
    String bootstrapServers() {
        return clientPorts.stream().map(port -> "localhost:" + port).collect(Collectors.joining(","));
    }

    /// Where whoever set the cluster up comes in.
    Admin operator() {
        return Admin.create(Map.of("bootstrap.servers", operatorServers()));
    }

    String operatorServers() {
        return operatorPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    }

    int count() {
        return nodes.size();
    }

    /// What all brokers logged until now.
    Stream<String> log() {
        return nodes.stream().flatMap(node -> node.getLogs().lines());
    }

    /// As when a machine loses its power.
    void kill(int index) {
        node(index)
                .getDockerClient()
                .killContainerCmd(node(index).getContainerId())
                .exec();
    }

    /// As an upgrade does it: the broker hands over what it leads, then ends.
    void stop(int index) {
        node(index)
                .getDockerClient()
                .stopContainerCmd(node(index).getContainerId())
                .withTimeout(30)
                .exec();
    }

    /// The same broker with the same data again.
    void startAgain(int index) {
        node(index)
                .getDockerClient()
                .startContainerCmd(node(index).getContainerId())
                .exec();
    }

    private GenericContainer<?> node(int index) {
        return nodes.get(index);
    }

    private static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            sockets.forEach(Brokers::close);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// For whoever wonders why a test failed.
    private void keepLog(int index) {
        if (node(index).getContainerId() == null) {
            return;
        }
        try {
            Path folder = Files.createDirectories(Path.of("target", "brokers"));
            Files.writeString(folder.resolve(host(index) + ".log"), node(index).getLogs());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < nodes.size(); i++) {
            keepLog(i);
        }
        nodes.parallelStream().forEach(GenericContainer::stop);
        network.close();
    }
}
