package dev.snowmelt.detector.register;

import static dev.snowmelt.detector.register.Proposals.CART;
import static dev.snowmelt.detector.register.Proposals.TARGET;
import static dev.snowmelt.detector.register.Proposals.declare;
import static dev.snowmelt.detector.register.Proposals.override;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.topic.DeadLetter;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.Answer;
import dev.snowmelt.v1.Override.Kind;
import dev.snowmelt.v1.Revision;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Signatures on a real broker, over restarts of the registrar.
class RegistrarTrustIT {
    private static final Topics TOPICS = new Topics("snowmelt.", 4);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static EmbeddedKafka kafka;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Signers signers;

    @TempDir
    private Path folder;

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
    void signaturesDecideOverRestartsAndRotatedKeys() throws Exception {
        signers = new Signers(folder);
        Instant soon = Instant.now().plus(Duration.ofMinutes(30));
        byte[] first = signers.sign("anna", declare(CART, 1), soon);
        byte[] tampered = new String(signers.sign("anna", declare(CART, 2), soon), UTF_8)
                .replaceFirst("\"sig\":\"..", "\"sig\":\"AA")
                .getBytes(UTF_8);

        try (var registrar = registrar(signers.trusting("anna"))) {
            registrar.start();

            Answer accepted = propose(0, first);
            assertThat(accepted.getAccepted().getRevision()).isEqualTo(1);

            Answer refused = propose(1, tampered);
            assertThat(refused.getRefused().getProblems(0).getMessage()).startsWith("not trusted: its signature");
            assertThat(untrusted(Distrust.BAD_SIGNATURE)).isEqualTo(1);
            assertThat(deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.value()).isEqualTo(tampered);
                assertThat(header(letter, DeadLetter.PARTITION)).isEqualTo("1");
                assertThat(header(letter, DeadLetter.ERROR)).startsWith("not trusted");
            });

            assertThat(propose(2, override("*", Kind.PAUSE, "*").toByteArray()).hasAccepted())
                    .as("a stop needs no key")
                    .isTrue();
        }

        // Another state folder: what was decided about is remembered in Kafka.
        try (var registrar = registrar(signers.trusting("anna", "ben"))) {
            registrar.start();

            assertThat(refusal(propose(3, first))).contains("decided about as proposal 0-0");
            assertThat(untrusted(Distrust.REPLAYED)).isEqualTo(1);
        }

        // The old key is taken away after the new one was added.
        try (var registrar = registrar(signers.trusting("ben"))) {
            registrar.start();

            assertThat(refusal(propose(0, signers.sign("anna", declare(CART, 3), soon))))
                    .contains("no key of 'trust.keys'");
            assertThat(propose(1, signers.sign("ben", override(TARGET, Kind.RESUME, TARGET), soon))
                            .hasAccepted())
                    .isTrue();
            assertThat(propose(2, signers.sign("ben", declare(CART, 4), soon))
                            .getAccepted()
                            .getRevision())
                    .isEqualTo(2);
        }

        assertThat(read(TOPICS.declarations()).getLast().value().getRevisionsList())
                .extracting(Revision::getNumber, Revision::getSignedBy)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                2L, signers.key("ben").id()),
                        org.assertj.core.groups.Tuple.tuple(
                                1L, signers.key("anna").id()));
        assertThat(deadLetters()).hasSize(3);
    }

    private Registrar registrar(TrustedKeys trusted) {
        meters.clear();
        return new Registrar(
                TOPICS,
                trusted,
                StreamsSettings.of(kafka.bootstrapServers(), folder.resolve("state-" + trusted.hashCode())),
                meters);
    }

    private Answer propose(int partition, byte[] value) throws Exception {
        RecordId id;
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            var written = producer.send(new ProducerRecord<>(TOPICS.proposals().name(), partition, null, value))
                    .get();
            id = new RecordId(written.partition(), written.offset());
        }
        return await().atMost(PATIENCE)
                .until(() -> answer(id), Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<Answer> answer(RecordId id) {
        return read(TOPICS.answers()).stream()
                .filter(record -> record.key().equals(id))
                .map(ConsumerRecord::value)
                .findFirst();
    }

    private static String refusal(Answer answer) {
        return answer.getRefused().getProblems(0).getMessage();
    }

    private double untrusted(Distrust why) {
        return meters.get("snowmelt.registrar.untrusted")
                .tag("reason", why.tag())
                .counter()
                .count();
    }

    private static List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return read(TOPICS.deadLetters());
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static <K, V> List<ConsumerRecord<K, V>> read(Topic<K, V> topic) {
        return BrokerRecords.read(kafka.bootstrapServers(), topic);
    }
}
