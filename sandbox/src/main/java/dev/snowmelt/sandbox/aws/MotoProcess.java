package dev.snowmelt.sandbox.aws;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// `moto_server` as a child process on a free loopback port.
final class MotoProcess implements AutoCloseable {

    // Python's imports from a cold disk, on a machine that is busy with other things.
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final int KEPT_LINES = 40;

    /// What werkzeug, moto's HTTP server, prints once it listens.
    private static final Pattern LISTENS = Pattern.compile("Running on (http://127\\.0\\.0\\.1:\\d+)");

    private final Process process;
    private final Thread killer;
    private final Deque<String> output = new ArrayDeque<>();
    private final CompletableFuture<URI> listens = new CompletableFuture<>();

    private MotoProcess(Process process) {
        this.process = process;
        // It must not outlive this JVM, however that ends.
        killer = Thread.ofPlatform().unstarted(() -> kill(process));
        Runtime.getRuntime().addShutdownHook(killer);
        // The pipe must be emptied for moto's whole life, or moto would stop when it is full.
        Thread.ofPlatform().daemon().name("moto-output").start(this::readOutput);
    }

    /// The command that starts it: the words of `SNOWMELT_TEST_MOTO_COMMAND`, else `moto_server` on
    /// the path.
    static Optional<List<String>> command() {
        String given =
                System.getenv().getOrDefault("SNOWMELT_TEST_MOTO_COMMAND", "").strip();
        if (!given.isEmpty()) {
            return Optional.of(List.of(given.split("\\s+")));
        }
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry, "moto_server"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> List.of(program.toString()));
    }

    /// Starts it and returns when it listens.
    ///
    /// @throws IllegalStateException when it does not, with what it said
    static MotoProcess start(List<String> command) {
        var words = new ArrayList<>(command);
        // Port 0: it takes a free one and says which, so that no other program can take it in between.
        words.addAll(List.of("-H", "127.0.0.1", "-p", "0"));
        var builder = new ProcessBuilder(words).redirectErrorStream(true);
        // Without Amazon's own images, which nobody asks for and which cost half a second after every reset.
        builder.environment().put("MOTO_EC2_LOAD_DEFAULT_AMIS", "false");
        builder.environment().put("PYTHONUNBUFFERED", "1");
        try {
            var moto = new MotoProcess(builder.start());
            moto.awaitListening(command);
            return moto;
        } catch (IOException e) {
            throw new UncheckedIOException("moto cannot be started as " + command + ": " + e.getMessage(), e);
        }
    }

    private void awaitListening(List<String> command) {
        try {
            listens.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while moto started", e);
        } catch (ExecutionException | TimeoutException e) {
            close();
            throw new IllegalStateException(
                    "moto (" + String.join(" ", command) + ") did not start: " + String.join("\n", lastOutput()), e);
        }
    }

    private void readOutput() {
        try (BufferedReader reader = process.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (output) {
                    if (output.size() == KEPT_LINES) {
                        output.removeFirst();
                    }
                    output.addLast(line);
                }
                var match = LISTENS.matcher(line);
                if (match.find()) {
                    listens.complete(URI.create(match.group(1)));
                }
            }
            listens.completeExceptionally(new IOException("its process ended"));
        } catch (IOException e) {
            listens.completeExceptionally(e);
        }
    }

    /// The last lines that it printed, oldest first.
    List<String> lastOutput() {
        synchronized (output) {
            return List.copyOf(output);
        }
    }

    URI endpoint() {
        return listens.join();
    }

    /// A launcher script may have started it as a child of its own.
    private static void kill(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill(process);
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("moto, process " + process.pid() + ", did not end");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException _) {
            // The JVM is ending: the hook runs, or has run.
        }
    }
}
