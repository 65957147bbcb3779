package dev.snowmelt.detector.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Reading to the end of a topic whose last offset is a marker, as the registrar's transactions
/// leave it.
class TopicReaderIT {
    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static TopicReader reader(Duration within) {
        return new TopicReader(Map.of("bootstrap.servers", kafka.bootstrapServers()), within, () -> false);
    }

    private static List<Long> read(GroupEnds ends, TopicPartition partition, long end) {
        var offsets = new ArrayList<Long>();
        ends.unread(partition, end, (offset, _, _, _) -> offsets.add(offset));
        return offsets;
    }

    @Test
    void endsBehindTheMarkerAndBeginsWhereTheGroupIs() throws Exception {
        try (var broker = new Broker(kafka, "marked.", 1, 1);
                var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            String topic = broker.topics().declarations().name();
            var partition = new TopicPartition(topic, 0);
            for (int i = 0; i < 3; i++) {
                inTransaction(topic);
            }
            var reader = reader(Duration.ofSeconds(30));
            var topicEnds = new TopicEnds(admin, Duration.ofSeconds(30), () -> false);
            var ends = new GroupEnds(admin, topicEnds, reader, "marked.detector");
            long end = ends.of(partition);

            assertThat(end).isEqualTo(6);
            assertThat(read(ends, partition, end)).containsExactly(0L, 2L, 4L);
            assertThat(read(ends, partition, 3)).containsExactly(0L, 2L);

            admin.alterConsumerGroupOffsets("marked.detector", Map.of(partition, new OffsetAndMetadata(4)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            assertThat(read(ends, partition, end)).containsExactly(4L);

            admin.alterConsumerGroupOffsets("marked.detector", Map.of(partition, new OffsetAndMetadata(5)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
            assertThat(read(ends, partition, end)).isEmpty();
        }
    }

    @Test
    void showsNothingThatIsNotCommittedAndDoesNotWaitForIt() throws Exception {
        try (var broker = new Broker(kafka, "aborted.", 1, 1);
                var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
                var open = producer("open")) {
            String topic = broker.topics().declarations().name();
            var partition = new TopicPartition(topic, 0);
            inTransaction(topic);
            try (var producer = producer("aborting")) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(topic, 0, new byte[] {1}, new byte[] {3}))
                        .get(30, TimeUnit.SECONDS);
                producer.abortTransaction();
            }
            open.initTransactions();
            open.beginTransaction();
            open.send(new ProducerRecord<>(topic, 0, new byte[] {1}, new byte[] {4}))
                    .get(30, TimeUnit.SECONDS);
            var topicEnds = new TopicEnds(admin, Duration.ofSeconds(30), () -> false);
            var ends = new GroupEnds(admin, topicEnds, reader(Duration.ofSeconds(5)), "aborted.detector");

            assertThat(ends.of(partition)).isEqualTo(5);
            assertThat(read(ends, partition, 5)).containsExactly(0L);
            open.abortTransaction();
        }
    }

    @Test
    void doesNotWaitForEverForWhatDoesNotCome() {
        try (var broker = new Broker(kafka, "short.", 1, 1)) {
            var partition = new TopicPartition(broker.topics().declarations().name(), 0);

            assertThatThrownBy(() -> reader(Duration.ofMillis(200)).read(partition, 0, 7, (_, _, _, _) -> {}))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("cannot be read from 0 to 7");
        }
    }

    private static void inTransaction(String topic) {
        try (var producer = producer("registrar")) {
            producer.initTransactions();
            producer.beginTransaction();
            var _ = producer.send(new ProducerRecord<>(topic, 0, new byte[] {1}, new byte[] {2}));
            producer.commitTransaction();
        }
    }

    private static KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        return new KafkaProducer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", kafka.bootstrapServers(), "transactional.id", transactionalId),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
