package dev.snowmelt.sandbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A broker in a child JVM.
@Timeout(120)
class BrokerProcessIT {

    @Test
    void keepsWhatWasCommittedOverAKill() {
        long started = System.nanoTime();
        try (var broker = BrokerProcess.start()) {
            EmbeddedKafkaIT.report("broker process started", started);
            var servers = broker.bootstrapServers();
            Clients.createTopic(servers, new NewTopic("ledger", 1, (short) 1));
            try (var producer = Clients.producer(servers, Map.of("transactional.id", "t"))) {
                producer.initTransactions();
                producer.beginTransaction();
                for (int i = 0; i < 100; i++) {
                    var _ = producer.send(new ProducerRecord<>("ledger", "k", String.valueOf(i)));
                }
                producer.commitTransaction();
                producer.beginTransaction();
                var _ = producer.send(new ProducerRecord<>("ledger", "k", "never committed"));
                producer.flush();

                var pid = broker.pid();
                broker.kill();

                assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
                assertThatThrownBy(broker::pid).isInstanceOf(IllegalStateException.class);
                started = System.nanoTime();
                broker.restart();
                EmbeddedKafkaIT.report("broker process restarted after SIGKILL", started);
                producer.abortTransaction();
            }

            assertThat(broker.bootstrapServers()).isEqualTo(servers);
            assertThat(Clients.valuesOf(servers, "ledger", "read_committed"))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 100).mapToObj(String::valueOf).toList());
        }
    }

    @Test
    void endsWithItsParentEvenWhenThatIsKilled() throws IOException {
        var parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            var broker = ProcessHandle.of(
                            Long.parseLong(parent.inputReader().readLine().strip()))
                    .orElseThrow();
            assertThat(broker.isAlive()).isTrue();

            parent.destroyForcibly();

            await().atMost(Duration.ofSeconds(20)).until(() -> !broker.isAlive());
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void saysWhyABrokerRefusesToStart() {
        var builder = BrokerProcess.builder().property("log.retention.ms", "not a number");

        assertThatThrownBy(builder::start)
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("ended while it started")
                .hasMessageContaining("log.retention.ms");
    }

    /// A JVM that starts a broker and then waits to be killed.
    static final class Parent {

        private Parent() {}

        public static void main(String[] args) throws IOException {
            try (var broker = BrokerProcess.builder()
                    .jvmFlags(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"))
                    .start()) {
                System.out.println(broker.pid());
                System.out.flush();
                var _ = System.in.read();
            }
        }
    }
}
