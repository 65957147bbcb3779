package dev.snowmelt.brokers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.brokers.Brokers.Authentication;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Three brokers with the topics' production settings: one dies, all are restarted one after the other, and neither
/// stops the loop nor loses what was acknowledged.
@NeedsEngine
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ThreeBrokersIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private static Path folder;

    private static Brokers brokers;
    private static Shop shop;
    private static Map<String, String> environment;
    private static Running up;
    private static final List<String> drifted = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        Certificate certificate = Certificate.make(folder, "brokers");
        brokers = Brokers.start(3, Authentication.NONE, certificate);
        Path file = Files.writeString(folder.resolve("client.properties"), """
                security.protocol=SSL
                ssl.truststore.type=PEM
                ssl.truststore.location=%s
                """.formatted(certificate.trusted()));
        environment = new HashMap<>(Map.of(
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                brokers.bootstrapServers(),
                "SNOWMELT_KAFKA_PROPERTIES_FILE",
                file.toString(),
                "SNOWMELT_KAFKA_PARTITIONS",
                "3"));
        assertThat(Run.with(environment, "topics", "create").err()).isEmpty();
        shop = new Shop(folder);
        environment.putAll(shop.environment());
        up = Running.start(environment, folder, "up").awaitReady(PATIENCE);
        shop.declare(environment);
    }

    @AfterAll
    static void stop() {
        if (up != null) {
            up.close();
        }
        if (shop != null) {
            shop.close();
        }
        if (brokers != null) {
            brokers.close();
        }
    }

    @Test
    @Order(1)
    void aBrokerDiesUnderLoad() throws Exception {
        long before = answers();
        List<Integer> proposed;
        try (var load = new Load()) {
            load.awaitMore(2);
            brokers.kill(1);
            load.awaitMore(3);
            shop.awaitMended(drift());
            proposed = load.end();
        }

        assertThat(proposed).as("exit codes of commands").containsOnly(0);
        assertThat(answers() - before).as("answers").isGreaterThanOrEqualTo(proposed.size());
        assertThat(up.alive()).isTrue();
        brokers.startAgain(1);
        awaitFullStrength();
        assertThat(shop.evicted()).isEqualTo(drifted);
    }

    @Test
    @Order(2)
    void allBrokersAreRestartedOneAfterTheOther() throws Exception {
        for (int i = 0; i < brokers.count(); i++) {
            brokers.stop(i);
            shop.awaitMended(drift());
            brokers.startAgain(i);
            awaitFullStrength();
            assertThat(shop.evicted()).isEqualTo(drifted);
        }
        assertThat(up.alive()).isTrue();
        await().atMost(PATIENCE).until(up::ready);
    }

    private static String drift() {
        drifted.add(shop.drift());
        return drifted.getLast();
    }

    /// Commands of people, one after the other.
    private static final class Load implements AutoCloseable {
        private final AtomicBoolean ending = new AtomicBoolean();
        private final List<Integer> exitCodes = new ArrayList<>();
        private final java.util.concurrent.ExecutorService thread = Executors.newSingleThreadExecutor();
        private final java.util.concurrent.Future<?> running = thread.submit(this::run);

        private void run() {
            String other = Shop.WORKLOAD.replace("cart", "other");
            while (!ending.get()) {
                int number = done().size();
                Run run = Run.with(environment, number % 2 == 0 ? "pause" : "resume", other, "--wait", "60s");
                if (run.exitCode() != 0) {
                    System.err.println("command " + number + ": " + run.err());
                }
                synchronized (exitCodes) {
                    exitCodes.add(run.exitCode());
                }
            }
        }

        private List<Integer> done() {
            synchronized (exitCodes) {
                return List.copyOf(exitCodes);
            }
        }

        void awaitMore(int count) {
            int before = done().size();
            await("commands are answered").atMost(PATIENCE).until(() -> done().size() >= before + count);
        }

        List<Integer> end() throws Exception {
            ending.set(true);
            running.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return done();
        }

        @Override
        public void close() {
            ending.set(true);
            thread.shutdownNow();
        }
    }

    /// What the registrar answered since the beginning.
    private static long answers() throws Exception {
        dev.snowmelt.schemas.topic.Topic<?, Answer> topic = new Topics("snowmelt.", 3).answers();
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int i = 0; i < topic.partitions(); i++) {
            ends.put(new TopicPartition(topic.name(), i), OffsetSpec.latest());
        }
        try (Admin admin = brokers.operator()) {
            return admin.listOffsets(ends).all().get(30, TimeUnit.SECONDS).values().stream()
                    .mapToLong(end -> end.offset())
                    .sum();
        }
    }

    /// Every replica of every partition is in sync.
    private static void awaitFullStrength() {
        try (Admin admin = brokers.operator()) {
            await("all replicas are in sync")
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> {
                        var names = admin.listTopics().names().get(30, TimeUnit.SECONDS);
                        assertThat(admin.describeTopics(names)
                                        .allTopicNames()
                                        .get(30, TimeUnit.SECONDS)
                                        .values())
                                .allSatisfy(topic -> assertThat(topic.partitions())
                                        .allSatisfy(
                                                each -> assertThat(each.isr()).hasSameSizeAs(each.replicas())));
                    });
        }
    }
}
