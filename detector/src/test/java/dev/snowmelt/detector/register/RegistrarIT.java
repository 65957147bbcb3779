package dev.snowmelt.detector.register;

import static dev.snowmelt.detector.register.Proposals.CART;
import static dev.snowmelt.detector.register.Proposals.TARGET;
import static dev.snowmelt.detector.register.Proposals.declare;
import static dev.snowmelt.detector.register.Proposals.override;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.BrokerChecks;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Proposal;
import dev.snowmelt.v1.Revision;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrarIT {
    private static final Topics TOPICS = new Topics("snowmelt.", 4);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static EmbeddedKafka kafka;

    @TempDir
    private Path stateDir;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(TOPICS);
        }
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void theBrokerIsFitForIt() {
        var needs = new BrokerChecks.Needs(TOPICS.all(), true);

        assertThat(new BrokerChecks(kafka.bootstrapServers(), Map.of()).look(needs))
                .isEqualTo(new BrokerChecks.Ready());
    }

    /// One number each, whatever partition they came on, and also over a restart in the middle.
    @Test
    void numbersOnceOverARestart() throws Exception {
        List<Proposal> builds = IntStream.rangeClosed(1, 40)
                .mapToObj(build -> declare(CART, build))
                .toList();

        try (var first = registrar()) {
            first.start();
            proposeOnEveryPartition(builds.subList(0, 20));
            await().atMost(PATIENCE).until(() -> !read(TOPICS.answers()).isEmpty());
        }
        proposeOnEveryPartition(builds.subList(20, 40));
        proposeOnEveryPartition(List.of(override("*", Kind.PAUSE, "*"), override(TARGET, Kind.PAUSE, TARGET)));
        try (var second = registrar()) {
            second.start();
            await().atMost(PATIENCE).until(() -> read(TOPICS.answers()).size() >= 42);
        }

        List<ConsumerRecord<dev.snowmelt.schemas.id.RecordId, Answer>> answers = read(TOPICS.answers());
        assertThat(answers).hasSize(42);
        assertThat(new HashSet<>(answers.stream().map(ConsumerRecord::key).toList()))
                .hasSize(42);
        assertThat(answers.stream()
                        .map(answer -> answer.value().getAccepted().getRevision())
                        .filter(revision -> revision > 0)
                        .sorted())
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 40).mapToObj(Long::valueOf).toList());
        var declarations = read(TOPICS.declarations());
        assertThat(declarations)
                .hasSize(40)
                .allMatch(record -> record.partition() == TOPICS.declarations().partitionOf(record.key()));
        assertThat(declarations.getLast().value().getRevisionsList())
                .extracting(Revision::getNumber)
                .startsWith(40L, 39L)
                .hasSize(20);
        assertThat(read(TOPICS.overrides()).stream()
                        .filter(record -> record.key().target().isEmpty()))
                .extracting(ConsumerRecord::partition)
                .containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    private Registrar registrar() {
        return new Registrar(
                TOPICS,
                TrustedKeys.NONE,
                StreamsSettings.of(kafka.bootstrapServers(), stateDir),
                new SimpleMeterRegistry());
    }

    private static void proposeOnEveryPartition(List<Proposal> proposals) throws Exception {
        Topic<String, Proposal> topic = TOPICS.proposals();
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                topic.keySerde().serializer(),
                topic.valueSerde().serializer())) {
            for (int i = 0; i < proposals.size(); i++) {
                producer.send(new ProducerRecord<>(topic.name(), i % topic.partitions(), null, proposals.get(i)))
                        .get();
            }
        }
    }

    private static <K, V> List<ConsumerRecord<K, V>> read(Topic<K, V> topic) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(
                config, topic.keySerde().deserializer(), topic.valueSerde().deserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, topic.partitions())
                    .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<K, V>> records = new ArrayList<>();
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }
}
