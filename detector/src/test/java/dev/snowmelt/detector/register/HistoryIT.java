package dev.snowmelt.detector.register;

import static dev.snowmelt.detector.register.Proposals.CART;
import static dev.snowmelt.detector.register.Proposals.declareLarge;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.Revision;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryIT {
    private static final Topics TOPICS = new Topics("snowmelt.", 2);

    @TempDir
    private Path stateDir;

    /// A declaration with its history is one record, and brokers take 1 MiB.
    @Test
    void theLargestDeclarationsKeepAsMuchHistoryAsARecordHolds() throws Exception {
        try (var kafka = EmbeddedKafka.start(1);
                var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(TOPICS);
            try (var registrar = new Registrar(
                    TOPICS,
                    TrustedKeys.NONE,
                    StreamsSettings.of(kafka.bootstrapServers(), stateDir),
                    new SimpleMeterRegistry())) {
                registrar.start();

                proposeNine(kafka.bootstrapServers());
                await().atMost(Duration.ofSeconds(90))
                        .until(() -> BrokerRecords.read(kafka.bootstrapServers(), TOPICS.answers())
                                        .size()
                                == 9);
            }

            var newest = BrokerRecords.read(kafka.bootstrapServers(), TOPICS.declarations())
                    .getLast();
            assertThat(newest.value().getRevisionsList())
                    .extracting(Revision::getNumber)
                    .containsExactly(9L, 8L, 7L, 6L, 5L, 4L);
            assertThat(newest.serializedValueSize()).isBetween(700_000, 900_000);
        }
    }

    private static void proposeNine(String bootstrapServers) throws Exception {
        var topic = TOPICS.proposals();
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers),
                topic.keySerde().serializer(),
                topic.valueSerde().serializer())) {
            for (int build = 1; build <= 9; build++) {
                producer.send(new ProducerRecord<>(topic.name(), 0, null, declareLarge(CART, build)))
                        .get();
            }
        }
    }
}
