package dev.snowmelt.sandbox.kafka;

import dev.snowmelt.sandbox.kafka.NodeSettings.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A Kafka broker in a JVM of its own, so that it can be killed like a real one and shares no heap or CPU accounting
/// with
/// what is measured against it.
///
/// The child runs on this JVM's class path, keeps its port and data over [#kill] and [#restart], and ends when this JVM
/// ends, however that happens.
public final class BrokerProcess implements AutoCloseable {

    private static final int NODE = 1;

    /// Covers the restart after a kill, which waits until the dead broker's session has expired.
    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

    private final DataFolder data;
    private final Ports ports;
    private final List<String> command;

    private @Nullable Process process;

    private BrokerProcess(DataFolder data, Ports ports, List<String> command) {
        this.data = data;
        this.ports = ports;
        this.command = command;
    }

    /// Starts a broker on any free port, with a temporary data folder and the default JVM flags.
    ///
    /// @throws BrokerStartException when it cannot be started
    public static BrokerProcess start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /// What a broker process is to be like.
    public static final class Builder {

        private final Map<String, String> properties = new LinkedHashMap<>();
        private List<String> jvmFlags = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
        private @Nullable Path dataFolder;

        private Builder() {}

        /// Keeps the data in this folder; without it they go into a temporary one that [BrokerProcess#close] deletes.
        public Builder dataFolder(Path dataFolder) {
            this.dataFolder = dataFolder;
            return this;
        }

        /// Sets one broker setting, over whatever is the default here.
        public Builder property(String key, String value) {
            properties.put(key, value);
            return this;
        }

        /// Replaces the child's JVM flags: a small heap, the serial collector and only the first compiler, which start
        /// quickest. A broker that is to carry a long, heavy load wants the second compiler too.
        public Builder jvmFlags(List<String> jvmFlags) {
            this.jvmFlags = List.copyOf(jvmFlags);
            return this;
        }

        /// Starts the broker and returns when it takes requests.
        ///
        /// @throws BrokerStartException when the data folder is in use or Kafka refuses to start
        public BrokerProcess start() {
            var data = DataFolder.open(dataFolder, 1);
            var ports = new Ports(ReservedPort.of(0), ReservedPort.of(0));
            var settings = NodeSettings.of(NODE, data.node(NODE), new TreeMap<>(Map.of(NODE, ports)), properties);
            var file = data.path().resolve("server.properties");
            var broker = new BrokerProcess(data, ports, commandFor(file));
            try {
                try (var writer = Files.newBufferedWriter(file)) {
                    settings.store(writer, null);
                }
                broker.restart();
                return broker;
            } catch (IOException e) {
                broker.close();
                throw new BrokerStartException("The file " + file + " cannot be written: " + e + ".", e);
            } catch (RuntimeException e) {
                broker.close();
                throw e;
            }
        }

        private List<String> commandFor(Path settings) {
            var command = new ArrayList<String>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvmFlags);
            // Beside whatever logging the caller has set up for itself; without logback it is ignored.
            command.add("-Dlogback.configurationFile=dev/snowmelt/sandbox/kafka/broker-logback.xml");
            command.add(BrokerMain.class.getName());
            command.add(settings.toString());
            return List.copyOf(command);
        }
    }

    /// `HOST:PORT`, the same for this object's whole life.
    public String bootstrapServers() {
        return ports.broker().hostAndPort();
    }

    /// What the broker printed and logged, over all its starts.
    public Path log() {
        return data.path().resolve("broker.log");
    }

    /// The child's process id.
    ///
    /// @throws IllegalStateException when it is not running
    public synchronized long pid() {
        if (process == null || !process.isAlive()) {
            throw new IllegalStateException("the broker is not running");
        }
        return process.pid();
    }

    /// Kills the broker with SIGKILL, as a power cut would, and returns when it is gone.
    public synchronized void kill() {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
            process = null;
        }
    }

    /// Starts the broker again after [#kill], on the same port and data, and returns when it takes requests; that takes
    /// some seconds, until the session of the killed one has expired.
    ///
    /// @throws BrokerStartException when it cannot be started
    public synchronized void restart() {
        if (process != null && process.isAlive()) {
            throw new IllegalStateException("the broker is running");
        }
        try {
            var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()));
            // In the environment, because a class path can be longer than an argument may be.
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            var started = builder.start();
            process = started;
            awaitReady(started);
        } catch (IOException e) {
            throw new BrokerStartException("The broker's process cannot be started: " + e.getMessage() + ".", e);
        }
    }

    private void awaitReady(Process started) {
        // The pipe ends with the process, so this thread does, too.
        var line = new CompletableFuture<@Nullable String>();
        Thread.ofVirtual().start(() -> {
            try {
                line.complete(started.inputReader().readLine());
            } catch (IOException e) {
                line.completeExceptionally(e);
            }
        });
        try {
            if (!BrokerMain.READY.equals(line.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS))) {
                throw new BrokerStartException("The broker's process ended while it started: " + lastComplaint() + ".");
            }
        } catch (TimeoutException | ExecutionException e) {
            throw new BrokerStartException(
                    "The broker was not ready within " + START_LIMIT.toSeconds() + " s; see " + log() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerStartException("Waiting for the broker was interrupted.", e);
        }
    }

    /// From the log, because a temporary folder's log is gone by the time somebody reads the error.
    private String lastComplaint() {
        try (var lines = Files.lines(log())) {
            return lines.filter(line -> line.contains("Exception") || line.contains("Error"))
                    .filter(line -> !line.startsWith("\t"))
                    .reduce((_, later) -> later)
                    .orElse("it left no reason in its log");
        } catch (IOException e) {
            return "and its log cannot be read: " + e.getMessage();
        }
    }

    /// Stops the broker cleanly, kills it when that takes too long, and deletes its data when their folder was
    /// temporary.
    @Override
    public synchronized void close() {
        if (process != null) {
            process.destroy();
            try {
                process.onExit().get(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException _) {
                kill();
            } catch (InterruptedException _) {
                kill();
                Thread.currentThread().interrupt();
            }
        }
        ports.broker().close();
        ports.controller().close();
        data.close();
    }
}
