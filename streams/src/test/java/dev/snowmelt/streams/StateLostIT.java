package dev.snowmelt.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A role whose stores are lost or damaged while it is stopped: everything is in the changelogs.
@Timeout(120)
class StateLostIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String COUNTS = "counts";
    private static final int KEYS = 200;

    private static EmbeddedKafka kafka;

    @TempDir
    private Path folder;

    /// What the role counted, by key: 2 or more after a restart only if it remembered the 1 from before.
    private final Map<String, Integer> counted = new ConcurrentHashMap<>();

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    /// What happens to the disk.
    enum Accident {
        FOLDER_DELETED,
        TABLES_OVERWRITTEN,
        MANIFEST_OVERWRITTEN,
        TABLES_DELETED
    }

    @ParameterizedTest
    @CsvSource({
        "AT_LEAST_ONCE, FOLDER_DELETED",
        "AT_LEAST_ONCE, MANIFEST_OVERWRITTEN",
        "AT_LEAST_ONCE, TABLES_OVERWRITTEN",
        "EXACTLY_ONCE, TABLES_DELETED"
    })
    void remembersAllTheSame(Delivery delivery, Accident accident) throws Exception {
        var topics = new Topics((delivery + "-" + accident + ".").toLowerCase(Locale.ROOT), 2);
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(topics);
        }
        write(topics);
        try (var role = role(topics, delivery)) {
            role.start();
            await().atMost(PATIENCE).until(() -> counted.size() == KEYS);
        }

        int damaged = happen(accident, folder.resolve(topics.id("counter")));
        write(topics);
        try (var role = role(topics, delivery)) {
            role.start();

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(counted.values()).allMatch(count -> count >= 2));
            assertThat(role.failed()).isFalse();
            await().atMost(PATIENCE).until(() -> role.unready().isEmpty());
        }
        assertThat(damaged).isPositive();
    }

    private StreamsRole role(Topics topics, Delivery delivery) {
        var topology = new Topology()
                .addSource(
                        "read",
                        new StringDeserializer(),
                        new StringDeserializer(),
                        topics.observations().name())
                .addProcessor("count", Count::new, "read")
                .addStateStore(
                        Stores.keyValueStoreBuilder(
                                Stores.persistentKeyValueStore(COUNTS), Serdes.String(), Serdes.Integer()),
                        "count");
        return new StreamsRole(
                StreamsApplication.of(
                        topics, "counter", delivery, List.of(topics.observations()), topics.observations(), Map.of()),
                topology,
                StreamsSettings.of(kafka.bootstrapServers(), folder));
    }

    private static int happen(Accident accident, Path stores) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(stores)) {
            files = found.sorted(Comparator.reverseOrder())
                    .filter(path -> switch (accident) {
                        case FOLDER_DELETED -> true;
                        case TABLES_OVERWRITTEN, TABLES_DELETED ->
                            path.toString().endsWith(".sst");
                        case MANIFEST_OVERWRITTEN ->
                            path.toString().contains("/0_1/")
                                    && path.getFileName().toString().startsWith("MANIFEST");
                    })
                    .toList();
        }
        for (Path file : files) {
            switch (accident) {
                case FOLDER_DELETED, TABLES_DELETED -> Files.delete(file);
                case TABLES_OVERWRITTEN, MANIFEST_OVERWRITTEN ->
                    Files.write(
                            file,
                            "damaged ".repeat((int) (Files.size(file) / 8 + 1)).getBytes(StandardCharsets.US_ASCII));
            }
        }
        return files.size();
    }

    private static void write(Topics topics) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(),
                new StringSerializer())) {
            for (int i = 0; i < KEYS; i++) {
                var _ = producer.send(new ProducerRecord<>(topics.observations().name(), "key-" + i, "x"));
            }
            producer.flush();
        }
    }

    private final class Count extends ContextualProcessor<String, String, Void, Void> {
        @Override
        public void process(Record<String, String> record) {
            KeyValueStore<String, Integer> counts = context().getStateStore(COUNTS);
            Integer before = counts.get(record.key());
            int now = before == null ? 1 : before + 1;
            counts.put(record.key(), now);
            counted.put(record.key(), now);
        }
    }
}
