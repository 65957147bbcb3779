package dev.snowmelt.detector.collect;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/// A member of the group in a JVM of its own, so that it can be killed, or paused as a suspended
/// machine pauses it. It says all the time whether it believes to lead. It ends with the JVM that
/// started it.
final class MemberProcess implements AutoCloseable {
    /// What it believed at a moment.
    ///
    /// @param millis by the machine's clock
    /// @param epoch 0: that it does not lead
    record Belief(long millis, long epoch) {}

    private final Process process;
    private final List<Belief> beliefs = new ArrayList<>();

    private MemberProcess(Process process) {
        this.process = process;
        Thread.ofVirtual().start(this::listen);
    }

    static MemberProcess start(String bootstrapServers, Topics topics, TargetId target, Duration session)
            throws IOException {
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        MemberProcess.class.getName(),
                        bootstrapServers,
                        topics.id(""),
                        target.toString(),
                        session.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return new MemberProcess(builder.start());
    }

    private void listen() {
        try (BufferedReader words = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = words.readLine(); line != null; line = words.readLine()) {
                String[] said = line.split(" ", -1);
                if (said.length == 3 && said[0].equals("belief")) {
                    synchronized (beliefs) {
                        beliefs.add(new Belief(Long.parseLong(said[1]), Long.parseLong(said[2])));
                    }
                }
            }
        } catch (IOException _) {
            // It is dead.
        }
    }

    /// What it has believed so far, in order.
    List<Belief> beliefs() {
        synchronized (beliefs) {
            return List.copyOf(beliefs);
        }
    }

    boolean leads() {
        List<Belief> all = beliefs();
        return !all.isEmpty() && all.getLast().epoch() > 0;
    }

    /// SIGKILL: nothing is closed, it does not leave the group.
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /// @param name for example `STOP`
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    @Override
    public void close() {
        kill();
    }

    /// @param args bootstrap servers, topics' prefix, target, session timeout
    public static void main(String[] args) throws IOException {
        var leadership = new GroupLeadership(
                Map.of("bootstrap.servers", args[0]),
                new Topics(args[1], 2),
                TargetId.parse(args[2]),
                Duration.parse(args[3]));
        // The pipe ends with the parent.
        while (System.in.available() >= 0) {
            OptionalLong taken = tryAcquire(leadership);
            do {
                boolean held = leadership.held();
                System.out.println("belief " + System.currentTimeMillis() + " " + (held ? taken.orElse(0) : 0));
                LockSupport.parkNanos(10_000_000);
            } while (leadership.held() && System.in.available() >= 0);
        }
    }

    private static OptionalLong tryAcquire(GroupLeadership leadership) {
        try {
            return leadership.tryAcquire(() -> 0);
        } catch (LookException _) {
            // For example because the group waits for a paused member: it is tried again.
            return OptionalLong.empty();
        }
    }
}
