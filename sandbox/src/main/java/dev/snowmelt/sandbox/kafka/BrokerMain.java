package dev.snowmelt.sandbox.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/// What [BrokerProcess] runs in the child JVM: `kafka.Kafka server.properties`, with two additions.
///
/// It prints [#READY] when the broker takes requests, and it ends at once when its standard input does: the parent
/// holds the
/// other end, so a parent that dies in whatever way takes its broker along.
final class BrokerMain {

    /// The one line on standard output; everything Kafka prints goes to standard error.
    static final String READY = "ready";

    private BrokerMain() {}

    /// @param args the path of a `server.properties`
    public static void main(String[] args) {
        var parent = System.out;
        System.setOut(System.err);
        Thread.ofPlatform().daemon().name("parent-watch").start(() -> endWith(System.in));

        try {
            run(Path.of(args[0]), parent);
        } catch (Throwable e) {
            // Ends the whole process: threads of a half-started broker would keep it alive, and the parent waiting.
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void run(Path file, PrintStream parent) throws IOException {
        var settings = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            settings.load(reader);
        }
        var server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "broker-shutdown"));
        server.startup();
        announce(parent);
        server.awaitShutdown();
    }

    private static void announce(PrintStream parent) {
        parent.println(READY);
        parent.flush();
    }

    /// Halts instead of exiting: nobody is left who could want a clean shutdown's result.
    private static void endWith(InputStream parent) {
        try {
            while (parent.read() != -1) {
                // the parent never writes
            }
        } catch (IOException e) {
            System.err.println("the parent's pipe failed: " + e);
        }
        Runtime.getRuntime().halt(1);
    }
}
