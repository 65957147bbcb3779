package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.streams.StreamsSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// A detector in a JVM of its own, so that it can be killed as the kernel kills a process: nothing
/// is closed, nobody leaves the group. It ends with the JVM that started it.
final class DetectorProcess implements AutoCloseable {
    private static final String READY = "ready";

    private final Process process;
    private final BufferedReader words;

    private DetectorProcess(Process process) {
        this.process = process;
        this.words = process.inputReader(StandardCharsets.UTF_8);
    }

    static DetectorProcess start(Broker broker, String prefix, Path folder) throws IOException {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        DetectorProcess.class.getName(),
                        broker.bootstrapServers(),
                        prefix,
                        Integer.toString(broker.topics().partitions()),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return new DetectorProcess(builder.start());
    }

    /// Returns when it judges.
    void awaitReady() throws IOException {
        for (String line = words.readLine(); !READY.equals(line); line = words.readLine()) {
            if (line == null) {
                throw new AssertionError("the detector's process ended before it was ready");
            }
        }
    }

    /// SIGKILL.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }

    /// @param args bootstrap servers, topics' prefix, partitions, state folder
    public static void main(String[] args) throws IOException {
        var detector = new Detector(
                new Topics(args[1], Integer.parseInt(args[2])),
                DetectorSettings.DEFAULT,
                StreamsSettings.of(args[0], Path.of(args[3])),
                new SimpleMeterRegistry());
        detector.start();
        while (detector.unready().isPresent()) {
            LockSupport.parkNanos(10_000_000);
        }
        System.out.println(READY);
        // The pipe ends with the parent.
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
        Runtime.getRuntime().halt(0);
    }
}
