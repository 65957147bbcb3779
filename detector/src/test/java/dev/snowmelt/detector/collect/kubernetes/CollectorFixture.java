package dev.snowmelt.detector.collect.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorHealth;
import dev.snowmelt.detector.collect.ObservationLog;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Collectors over one cluster and topics of their own on a shared broker.
final class CollectorFixture implements AutoCloseable {
    static final TargetId TARGET = TargetId.parse("k8s:test");
    static final Duration SOON = Duration.ofSeconds(30);
    static final int PARTITIONS = 3;

    private final EmbeddedKafka kafka;
    private final Topics topics;
    private final List<KubernetesClient> clients = new ArrayList<>();
    private final List<Collector> collectors = new ArrayList<>();
    private final KafkaProducer<byte[], byte[]> requests;
    final ObservationLog log;

    CollectorFixture(EmbeddedKafka kafka) {
        this.kafka = kafka;
        this.topics = new Topics("t" + UUID.randomUUID().toString().substring(0, 8) + ".", PARTITIONS);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, SOON).provision(topics);
        }
        log = new ObservationLog(kafka.bootstrapServers(), topics);
        requests = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /// The topics of this test alone.
    Topics topics() {
        return topics;
    }

    /// Settings in which everything happens soon.
    static KubernetesCollectorSettings settings() {
        return KubernetesCollectorSettings.of(TARGET, "test-" + UUID.randomUUID(), "default")
                .withLease(new LeaseSettings(
                        "default",
                        "snowmelt-collector-test",
                        Duration.ofSeconds(2),
                        Duration.ofMillis(1500),
                        Duration.ofMillis(200)));
    }

    Collector collector(Config config) {
        return collector(config, UnaryOperator.identity());
    }

    /// A collector that is not started.
    Collector collector(Config config, UnaryOperator<KubernetesCollectorSettings> change) {
        return collector(config, change, InstantSource.system(), new SimpleMeterRegistry());
    }

    /// A collector that is not started, in surroundings that may fail it.
    Collector collector(
            Config config,
            UnaryOperator<KubernetesCollectorSettings> change,
            InstantSource clock,
            MeterRegistry registry) {
        KubernetesClient client =
                new KubernetesClientBuilder().withConfig(config).build();
        var collector = KubernetesCluster.collector(
                change.apply(settings()),
                client,
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                topics,
                clock,
                registry);
        clients.add(client);
        collectors.add(collector);
        return collector;
    }

    /// A collector that has taken its first snapshot.
    Collector watching(Config config) {
        return watching(collector(config));
    }

    Collector watching(Collector collector) {
        int before = log.ends().size();
        collector.start();
        await().atMost(SOON).untilAsserted(() -> assertThat(log.ends()).hasSizeGreaterThan(before));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().state()).isEqualTo(CollectorHealth.State.WATCHING));
        return collector;
    }

    /// What its collectors say is wrong now.
    String problems() {
        return collectors.stream()
                .map(collector -> collector.health().problem())
                .collect(Collectors.joining());
    }

    /// Asks for a scan, as somebody with a console would.
    ///
    /// @return its id
    RecordId scan(String json) {
        try {
            var written = requests.send(
                            new ProducerRecord<>(topics.scanRequests().name(), json.getBytes(StandardCharsets.UTF_8)))
                    .get();
            return new RecordId(written.partition(), written.offset());
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        requests.close(Duration.ofSeconds(1));
        log.close();
        collectors.forEach(Collector::close);
        clients.forEach(KubernetesClient::close);
    }
}
