package dev.snowmelt.bench.memory;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.cli.Snowmelt;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `snowmelt up` as a person runs it, in a JVM of its own with the launcher's flags and a bounded heap.
final class UpProcess implements AutoCloseable {
    private static final Pattern USED = Pattern.compile(" used (\\d+)K");
    private static final int STOP_SECONDS = 30;

    private final Process process;
    private final Path log;

    private UpProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /// @param heap as `-Xmx` takes it
    /// @param folder empty; its state and its log go there
    static UpProcess start(String heap, Path folder, Path kubeconfig, int kafkaPort) throws IOException {
        Path log = folder.resolve("up.log");
        var builder = new ProcessBuilder(List.of(
                        jdk("java"),
                        "-Xmx" + heap,
                        "-XX:+UseCompactObjectHeaders",
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        Snowmelt.class.getName(),
                        "up",
                        "--kubeconfig",
                        kubeconfig.toString(),
                        "--target",
                        UpMemory.TARGET,
                        "--http-port",
                        "0",
                        "--kafka-port",
                        Integer.toString(kafkaPort)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        var environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("SNOWMELT_"));
        environment.put("SNOWMELT_STATE_DIR", folder.resolve("state").toString());
        environment.put("SNOWMELT_DETECT_UNDECLARED", "TRUST_TEMPLATE");
        // In the environment, because a class path can be longer than an argument may be.
        environment.put("CLASSPATH", System.getProperty("java.class.path"));
        return new UpProcess(builder.start(), log);
    }

    private static String jdk(String tool) {
        return Path.of(System.getProperty("java.home"), "bin", tool).toString();
    }

    /// @throws BenchException when it has ended: out of memory, for example
    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            List<String> lines = Files.readAllLines(log);
            throw new BenchException("up ended with " + process.exitValue() + ": "
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size())));
        }
    }

    /// Resident set in MiB, of now and the highest ever.
    record Resident(double now, double peak) {}

    /// What the kernel counts (Linux' `/proc`).
    Resident resident() throws IOException {
        String status = Files.readString(Path.of("/proc/" + process.pid() + "/status"));
        return new Resident(kilobytes(status, "VmRSS") / 1024.0, kilobytes(status, "VmHWM") / 1024.0);
    }

    private static long kilobytes(String status, String name) {
        Matcher line = Pattern.compile(name + ":\\s+(\\d+) kB").matcher(status);
        if (!line.find()) {
            throw new BenchException("the kernel tells no " + name);
        }
        return Long.parseLong(line.group(1));
    }

    /// What lives in its heap, in MiB: the used part after a full collection.
    double liveHeap() throws IOException, InterruptedException {
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info").split("Metaspace", 2)[0]);
        long kilobytes = 0;
        while (used.find()) {
            kilobytes += Long.parseLong(used.group(1));
        }
        if (kilobytes == 0) {
            throw new BenchException("jcmd tells nothing of the heap");
        }
        return kilobytes / 1024.0;
    }

    private String jcmd(String what) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(jdk("jcmd"), Long.toString(process.pid()), what)
                .redirectErrorStream(true)
                .start();
        String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new BenchException("jcmd " + what + ": " + said);
        }
        return said;
    }

    /// Stops it as a service manager would.
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
