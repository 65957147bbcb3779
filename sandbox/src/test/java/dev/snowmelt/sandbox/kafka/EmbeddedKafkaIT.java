package dev.snowmelt.sandbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One node in this JVM.
@Timeout(90)
class EmbeddedKafkaIT {

    @Test
    void showsReadersOfCommittedRecordsNoAbortedOnes() {
        long started = System.nanoTime();
        try (var kafka = EmbeddedKafka.start(1)) {
            report("one node started", started);
            Clients.createTopic(kafka.bootstrapServers(), new NewTopic("orders", 1, (short) 1));

            try (var producer = Clients.producer(kafka.bootstrapServers(), Map.of("transactional.id", "t"))) {
                producer.initTransactions();
                producer.beginTransaction();
                var _ = producer.send(new ProducerRecord<>("orders", "k", "aborted"));
                producer.flush();
                producer.abortTransaction();
                producer.beginTransaction();
                var _ = producer.send(new ProducerRecord<>("orders", "k", "committed"));
                producer.commitTransaction();
            }

            assertThat(Clients.valuesOf(kafka.bootstrapServers(), "orders", "read_committed"))
                    .containsExactly("committed");
            assertThat(Clients.valuesOf(kafka.bootstrapServers(), "orders", "read_uncommitted"))
                    .containsExactly("aborted", "committed");
            started = System.nanoTime();
        }
        report("one node stopped", started);
    }

    @Test
    void hasTheNewestFeaturesAndCreatesNoTopicByItself() {
        try (var kafka = EmbeddedKafka.start(1);
                var admin = Clients.admin(kafka.bootstrapServers())) {
            var features =
                    Clients.await(admin.describeFeatures().featureMetadata()).finalizedFeatures();

            assertThat(features.get("transaction.version"))
                    .extracting(FinalizedVersionRange::maxVersionLevel)
                    .isEqualTo((short) 2);
            assertThat(features).containsKeys("metadata.version", "group.version", "share.version", "streams.version");
            assertThat(kafka.leaderOf(new TopicPartition("nobody-made-it", 0))).isEmpty();
            try (var producer = Clients.producer(kafka.bootstrapServers(), Map.of("max.block.ms", 500L))) {
                assertThatThrownBy(() -> producer.send(new ProducerRecord<>("nobody-made-it", "v"))
                                .get())
                        .hasMessageContaining("nobody-made-it");
            }
            assertThat(Clients.await(admin.listTopics().names())).isEmpty();
        }
    }

    @Test
    void findsItsDataAgainInAGivenFolder(@TempDir Path folder) throws Exception {
        String clusterId;
        int port;
        try (var kafka = EmbeddedKafka.builder().dataFolder(folder).start()) {
            clusterId = kafka.clusterId();
            port = portOf(kafka);
            Clients.createTopic(kafka.bootstrapServers(), new NewTopic("kept", 1, (short) 1));
            try (var producer = Clients.producer(kafka.bootstrapServers(), Map.of())) {
                producer.send(new ProducerRecord<>("kept", "k", "v")).get();
            }
        }

        try (var kafka = EmbeddedKafka.builder().dataFolder(folder).port(port).start();
                var admin = Clients.admin(kafka.bootstrapServers())) {
            assertThat(portOf(kafka)).isEqualTo(port);
            assertThat(kafka.clusterId()).isEqualTo(clusterId);
            assertThat(Clients.await(admin.describeCluster().clusterId())).isEqualTo(clusterId);
            assertThat(Clients.valuesOf(kafka.bootstrapServers(), "kept", "read_committed"))
                    .containsExactly("v");
        }
        assertThat(folder).exists();
    }

    @Test
    void runsBesideAnotherAndDeletesItsTemporaryFolder() {
        Path temporary;
        try (var one = EmbeddedKafka.start(1);
                var other = EmbeddedKafka.start(1)) {
            temporary = one.dataFolder();
            assertThat(one.clusterId()).isNotEqualTo(other.clusterId());
            Clients.createTopic(one.bootstrapServers(), new NewTopic("mine", Optional.of(1), Optional.empty()));
            Clients.createTopic(other.bootstrapServers(), new NewTopic("yours", Optional.of(1), Optional.empty()));

            assertThat(topicsOf(one)).containsExactly("mine");
            assertThat(topicsOf(other)).containsExactly("yours");
        }
        assertThat(temporary).doesNotExist();
    }

    @Test
    void saysInOneSentenceThatTheFolderIsInUse(@TempDir Path folder) {
        try (var _ = EmbeddedKafka.builder().dataFolder(folder).start()) {
            assertThatThrownBy(() -> EmbeddedKafka.builder().dataFolder(folder).start())
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessage("The data folder " + folder + " is already used by another running broker.");
        }
    }

    @Test
    void saysInOneSentenceThatThePortIsTakenAndLeavesNothingBehind(@TempDir Path folder) throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            var builder = EmbeddedKafka.builder().dataFolder(folder).port(taken.getLocalPort());

            assertThatThrownBy(builder::start)
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining("Port " + taken.getLocalPort())
                    .hasMessageContaining("in use");
        }
        // The folder is free again: a second broker opens it.
        EmbeddedKafka.builder().dataFolder(folder).start().close();
    }

    @Test
    void saysWhichSettingKafkaRefuses() {
        var builder = EmbeddedKafka.builder().property("log.retention.ms", "not a number");

        assertThatThrownBy(builder::start)
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("log.retention.ms");
    }

    @Test
    void refusesAFolderOfAnotherNumberOfNodes(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder);
        DataFolder.open(folder, 3).close();

        assertThatThrownBy(() -> EmbeddedKafka.builder().dataFolder(folder).start())
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("3 Kafka node(s)");
    }

    private static int portOf(EmbeddedKafka kafka) {
        return Integer.parseInt(kafka.bootstrapServers().split(":", -1)[1]);
    }

    private static List<String> topicsOf(EmbeddedKafka kafka) {
        try (var admin = Clients.admin(kafka.bootstrapServers())) {
            return List.copyOf(Clients.await(admin.listTopics().names()));
        }
    }

    static void report(String what, long sinceNanos) {
        System.out.println("MEASURED " + what + " in "
                + Duration.ofNanos(System.nanoTime() - sinceNanos).toMillis() + " ms");
    }
}
