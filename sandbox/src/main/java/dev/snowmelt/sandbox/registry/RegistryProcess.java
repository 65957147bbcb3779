package dev.snowmelt.sandbox.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The reference implementation of an image registry (Docker's `distribution`, Debian's package
/// `docker-registry`) on a loopback port, with its data in a given folder. It keeps port and data
/// over [#stop] and [#start].
public final class RegistryProcess implements AutoCloseable {
    /// Who may read and write where a log-in is needed. The password holds a colon, as real ones
    /// do.
    public static final String USER = "snow";

    /// See [#USER].
    public static final String PASSWORD = "me:lt";

    // bcrypt of the password, the only hash that the registry takes: htpasswd -nbB -C 4 snow me:lt
    private static final String HTPASSWD = "snow:$2y$04$2.aLkwDQOka/wo2YxupyyOmMknz1w6ngQbpO00LNKrJdvn1Ya9dSO\n";
    private static final Duration START_LIMIT = Duration.ofSeconds(20);

    private final Path program;
    private final Path folder;
    private final int port;
    private @Nullable Process process;

    private RegistryProcess(Path program, Path folder, int port) {
        this.program = program;
        this.folder = folder;
        this.port = port;
    }

    /// The program, when it is installed.
    public static Optional<Path> program() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry, "docker-registry"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /// Starts one that anybody may use.
    ///
    /// @param folder an empty folder for its data, settings and log
    /// @throws IllegalStateException when it is not installed, or does not answer in time
    public static RegistryProcess open(Path folder) {
        return start(folder, false);
    }

    /// Starts one that [#USER] alone may use.
    public static RegistryProcess locked(Path folder) {
        return start(folder, true);
    }

    private static RegistryProcess start(Path folder, boolean locked) {
        Path program = program()
                .orElseThrow(() ->
                        new IllegalStateException("docker-registry is not installed: apt-get install docker-registry"));
        try {
            var registry = new RegistryProcess(program, folder, freePort());
            registry.configure(locked);
            registry.start();
            return registry;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private void configure(boolean locked) throws IOException {
        Path passwords = Files.writeString(folder.resolve("htpasswd"), HTPASSWD);
        String auth = """
                auth:
                  htpasswd:
                    realm: snowmelt
                    path: %s
                """.formatted(passwords);
        Files.writeString(
                folder.resolve("config.yml"), """
                version: 0.1
                log:
                  level: warn
                storage:
                  filesystem:
                    rootdirectory: %s
                  delete:
                    enabled: true
                http:
                  addr: 127.0.0.1:%d
                %s""".formatted(folder.resolve("data"), port, locked ? auth : ""));
    }

    /// Starts it again where it was; returns when it takes connections.
    public void start() {
        try {
            Process started = new ProcessBuilder(
                            program.toString(),
                            "serve",
                            folder.resolve("config.yml").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("registry.log").toFile()))
                    .start();
            process = started;
            // It must not outlive this JVM, however that ends.
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(started::destroyForcibly));
            long end = System.nanoTime() + START_LIMIT.toNanos();
            while (!answers()) {
                if (!started.isAlive() || System.nanoTime() > end) {
                    started.destroyForcibly();
                    throw new IllegalStateException(
                            "docker-registry did not start: " + Files.readString(folder.resolve("registry.log")));
                }
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /// Stops it; its port then refuses connections.
    public void stop() {
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroyForcibly();
        try {
            if (!running.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("docker-registry did not end");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        process = null;
    }

    /// Host and port, as references name it.
    public String name() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        stop();
    }
}
