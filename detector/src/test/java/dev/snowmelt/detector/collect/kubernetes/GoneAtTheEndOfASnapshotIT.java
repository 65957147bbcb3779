package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.SOON;
import static dev.snowmelt.detector.collect.kubernetes.KubernetesCollectorIT.CART;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.topology.Detector;
import dev.snowmelt.detector.topology.DetectorSettings;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.VerdictRecord;
import io.fabric8.kubernetes.api.model.Pod;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Collector and detector together: pods that are deleted while no collector looks become gone when
/// the next snapshot ends, not before.
@Timeout(180)
class GoneAtTheEndOfASnapshotIT {
    private static final int PODS = 12;
    private static final int DELETED = 3;

    @TempDir
    private Path folder;

    private final Map<SubjectKey, VerdictRecord> verdicts = new HashMap<>();

    @Test
    void podsDeletedWhileNobodyLookedAreGoneAtTheEndOfTheNextSnapshotAndNotBefore() throws Exception {
        try (var kafka = EmbeddedKafka.start(1);
                var cluster = SimulatedCluster.builder()
                        .startDelay(Duration.ofMillis(20))
                        .start();
                var fixture = new CollectorFixture(kafka);
                var detector = new Detector(
                        fixture.topics(),
                        DetectorSettings.DEFAULT,
                        StreamsSettings.of(kafka.bootstrapServers(), folder),
                        new SimpleMeterRegistry());
                var consumer = verdictsOf(kafka, fixture)) {
            cluster.images().pushTag(CART, "sha256:" + "1".repeat(64));
            cluster.workloads().deployment("shop", "cart", CART, PODS);
            cluster.awaitSettled(SOON);
            detector.start();
            try (var first = fixture.watching(cluster.kubernetesConfig())) {
                await().atMost(SOON).until(() -> pods(consumer, fixture).equals(uids(cluster)));
                assertThat(first.health().ready()).isTrue();
            }
            Set<String> before = pods(consumer, fixture);
            cluster.freezeControllers();
            List<Pod> lost = cluster.podsOf("shop", "cart").subList(0, DELETED);
            lost.forEach(
                    pod -> cluster.backdoor().vanish("shop", pod.getMetadata().getName()));
            // The list of pods takes long: the snapshot has begun, and its end is far.
            cluster.watchList(false);
            cluster.faults().latency("list", "pods", Duration.ofSeconds(3));
            long listsBefore = cluster.ledger().count("list pods");
            int endsBefore = fixture.log.ends().size();

            var second = fixture.collector(cluster.kubernetesConfig());
            second.start();

            await().atMost(SOON).until(() -> cluster.ledger().count("list pods") > listsBefore);
            while (fixture.log.ends().size() == endsBefore) {
                Set<String> seen = pods(consumer, fixture);
                // What is read after the end may already lack them: only what was read before it counts.
                if (fixture.log.ends().size() == endsBefore) {
                    assertThat(seen).isEqualTo(before);
                }
            }
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(pods(consumer, fixture))
                            .isEqualTo(uids(cluster))
                            .hasSize(PODS - DELETED));
        }
    }

    private static Set<String> uids(SimulatedCluster cluster) {
        return cluster.podsOf("shop", "cart").stream()
                .map(pod -> pod.getMetadata().getUid())
                .collect(Collectors.toSet());
    }

    /// UIDs of the pods that have a verdict now.
    private Set<String> pods(KafkaConsumer<byte[], byte[]> consumer, CollectorFixture fixture) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
            var topic = fixture.topics().verdicts();
            SubjectKey key = topic.keySerde().deserializer().deserialize(topic.name(), record.key());
            if (record.value() == null) {
                verdicts.remove(key);
            } else {
                verdicts.put(key, topic.valueSerde().deserializer().deserialize(topic.name(), record.value()));
            }
        }
        return verdicts.keySet().stream()
                .filter(SubjectKey.OfInstance.class::isInstance)
                .map(key -> ((SubjectKey.OfInstance) key).instance().uid())
                .collect(Collectors.toSet());
    }

    private static KafkaConsumer<byte[], byte[]> verdictsOf(EmbeddedKafka kafka, CollectorFixture fixture) {
        var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        var topic = fixture.topics().verdicts();
        consumer.assign(IntStream.range(0, topic.partitions())
                .mapToObj(partition -> new TopicPartition(topic.name(), partition))
                .toList());
        return consumer;
    }
}
