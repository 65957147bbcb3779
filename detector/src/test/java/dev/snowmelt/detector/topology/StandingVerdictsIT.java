package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.CART;
import static dev.snowmelt.detector.topology.Sample.TARGET;
import static dev.snowmelt.detector.topology.Sample.WEB;
import static dev.snowmelt.detector.topology.Sample.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.v1.Observation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What a log of verdicts comes to.
class StandingVerdictsIT {
    private static EmbeddedKafka kafka;

    @BeforeAll
    static void start() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void saysOnceWhatStandsOnThePartitionOfItsWorkload() throws Exception {
        Map<String, Object> clients = Map.of("bootstrap.servers", kafka.bootstrapServers());
        try (var broker = new Broker(kafka, "standing.", 3, 1);
                var admin = Admin.create(clients);
                var producer = new KafkaProducer<>(clients, new ByteArraySerializer(), new ByteArraySerializer())) {
            String verdicts = broker.topics().verdicts().name();
            write(producer, verdicts, Rig.key(CART, pod(CART, 1)), "told");
            write(producer, verdicts, Rig.key(CART, pod(CART, 2)), "told");
            write(producer, verdicts, Rig.key(CART, pod(CART, 1)), "told again");
            write(producer, verdicts, Rig.key(CART, pod(CART, 2)), null);
            write(producer, verdicts, Rig.key(WEB, pod(WEB, 1)), null);
            write(producer, verdicts, Rig.key(WEB, pod(WEB, 1)), "back");
            write(producer, verdicts, CART + "|", "the workload");
            write(producer, verdicts, TARGET + "||2", "a snapshot");
            write(producer, verdicts, "garbage", "garbage");
            write(producer, verdicts, "gar|bage", "garbage");
            producer.flush();
            var ends = new TopicEnds(admin, Duration.ofSeconds(30), () -> false);
            var reader = new TopicReader(clients, Duration.ofSeconds(30), () -> false);
            var standing = new StandingVerdicts(broker.topics(), clients, ends, reader, InstantSource.system());

            assertThat(standing.sayAgain()).isEqualTo(3);

            assertThat(observed(broker, ends, reader))
                    .containsExactlyInAnyOrder(Rig.key(CART, pod(CART, 1)), Rig.key(WEB, pod(WEB, 1)), CART + "|");
        }
    }

    private static List<String> observed(Broker broker, TopicEnds ends, TopicReader reader) {
        var found = new ArrayList<String>();
        for (int i = 0; i < broker.topics().partitions(); i++) {
            var partition = new TopicPartition(broker.topics().observations().name(), i);
            reader.read(partition, 0, ends.of(partition), (_, _, key, value) -> {
                if (key != null && value != null) {
                    assertThat(Keys.partition(key, key.length, 3)).isEqualTo(partition.partition());
                    found.add(Keys.text(key) + "|" + told(value));
                }
            });
        }
        return found;
    }

    private static String told(byte[] value) {
        try {
            Observation observation = Observation.parseFrom(value);
            assertThat(observation.hasToldBefore()).isTrue();
            return observation.getToldBefore().getInstance();
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(
            KafkaProducer<byte[], byte[]> producer, String topic, String key, @Nullable String value) {
        int partition = key.startsWith("gar")
                ? 0
                : Keys.partition(Keys.utf8(SubjectKey.parse(key).target().toString()), TARGET.length(), 3);
        var _ = producer.send(new ProducerRecord<byte[], byte[]>(
                topic, partition, Keys.utf8(key), value == null ? null : Keys.utf8(value)));
    }
}
