package dev.snowmelt.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.BrokerCheckException;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A role that buries every record, on a real broker.
@Timeout(120)
class StreamsRoleIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /// As large as Kafka's clients write unless told otherwise (`max.request.size` is 1 MiB, with
    /// the record's frame).
    private static final int LARGEST_THAT_PEOPLE_WRITE = 1_048_400;

    private static EmbeddedKafka kafka;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    private static Topics topics(String prefix, int partitions) {
        var topics = new Topics(prefix, partitions);
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(topics);
        }
        return topics;
    }

    private static StreamsApplication undertaker(Topics topics, Delivery delivery) {
        return StreamsApplication.of(
                topics,
                "undertaker",
                delivery,
                List.of(topics.observations(), topics.deadLetters()),
                topics.observations(),
                Map.of());
    }

    private static Topology burying(Topics topics, ProcessorSupplier<byte[], byte[], byte[], byte[]> bury) {
        return new Topology()
                .addSource(
                        "read",
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer(),
                        topics.observations().name())
                .addProcessor("bury", bury, "read")
                .addSink(
                        "write",
                        topics.deadLetters().name(),
                        new ByteArraySerializer(),
                        new ByteArraySerializer(),
                        "bury");
    }

    private StreamsRole role(Topics topics, Delivery delivery, ProcessorSupplier<byte[], byte[], byte[], byte[]> bury) {
        return new StreamsRole(
                undertaker(topics, delivery),
                burying(topics, bury),
                StreamsSettings.of(kafka.bootstrapServers(), folder));
    }

    @ParameterizedTest
    @EnumSource
    void writesADeadLetterThatIsLargerThanTheLargestRecord(Delivery delivery) throws Exception {
        var topics = topics(delivery.name().toLowerCase(java.util.Locale.ROOT) + ".", 1);
        write(topics, new byte[LARGEST_THAT_PEOPLE_WRITE]);

        try (var role = role(topics, delivery, () -> new Bury(topics))) {
            role.start();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(deadLetters(topics))
                            .singleElement()
                            .satisfies(letter -> {
                                assertThat(letter.value()).hasSize(LARGEST_THAT_PEOPLE_WRITE);
                                assertThat(letter.headers().lastHeader(DeadLetter.ERROR))
                                        .isNotNull();
                            }));
            assertThat(role.unready()).isEmpty();
        }
    }

    @Test
    void refusesToStartOnTopicsWithAnotherNumberOfPartitions() {
        topics("two.", 2);
        var four = new Topics("two.", 4);

        try (var role = role(four, Delivery.AT_LEAST_ONCE, () -> new Bury(four))) {
            assertThatThrownBy(role::start)
                    .isInstanceOf(BrokerCheckException.class)
                    .hasMessageContaining("two.observations")
                    .hasMessageContaining("2 partitions");
            assertThat(role.unready()).contains("the undertaker is created");
        }
    }

    @Test
    void replacesAThreadThatFailsAFewTimesAndGivesUpWhenItIsNoAccident() throws Exception {
        var topics = topics("failing.", 1);
        write(topics, new byte[1]);
        var tried = new AtomicInteger();

        try (var role = role(topics, Delivery.AT_LEAST_ONCE, () -> new Fail(tried))) {
            role.start();

            await().atMost(PATIENCE).dontCatchUncaughtExceptions().until(role::failed);
            assertThat(tried).hasValue(6);
            assertThat(role.unready()).contains("the undertaker is error");
        }
    }

    private static void write(Topics topics, byte[] value)
            throws InterruptedException, ExecutionException, TimeoutException {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(topics.observations().name(), value))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadLetters(Topics topics) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(topics.deadLetters().name(), 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            var letters = new ArrayList<ConsumerRecord<byte[], byte[]>>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(letters::add);
            }
            return letters;
        }
    }

    private static final class Bury extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        private final Topics topics;

        private Bury(Topics topics) {
            this.topics = topics;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            var letter = new DeadLetter(
                    topics.observations().name(), 0, 0, "undertaker", "x".repeat(1_000), record.key(), record.value());
            context().forward(record.withHeaders(letter.headers()));
        }
    }

    private static final class Fail extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
        private final AtomicInteger tried;

        private Fail(AtomicInteger tried) {
            this.tried = tried;
        }

        @Override
        public void process(Record<byte[], byte[]> record) {
            tried.incrementAndGet();
            throw new IllegalStateException("for a test");
        }
    }
}
