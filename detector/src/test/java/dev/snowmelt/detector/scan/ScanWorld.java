package dev.snowmelt.detector.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorHealth;
import dev.snowmelt.detector.collect.kubernetes.KubernetesCluster;
import dev.snowmelt.detector.collect.kubernetes.KubernetesCollectorSettings;
import dev.snowmelt.detector.collect.kubernetes.LeaseSettings;
import dev.snowmelt.detector.topology.Detector;
import dev.snowmelt.detector.topology.DetectorSettings;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.streams.StreamsSettings;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.DeclarationSpec;
import dev.snowmelt.v1.DeclaredContainer;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.ScanReport;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// A cluster, its collector, a detector and a scanner on topics of their own.
final class ScanWorld implements AutoCloseable {
    static final Duration SOON = Duration.ofSeconds(60);
    static final String TARGET = "k8s:test";
    static final String CART = TARGET + "/shop/Deployment/cart";
    static final String SEARCH = TARGET + "/shop/Deployment/search";
    static final String REPOSITORY = "registry.example/shop/app";
    static final int PARTITIONS = 3;

    final SimulatedCluster cluster;
    final Topics topics;
    private final String servers;
    private final Path folder;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> reader;
    private final Map<String, List<ScanReport>> reports = new HashMap<>();
    private final Deque<Runnable> parts = new ArrayDeque<>();

    ScanWorld(EmbeddedKafka kafka, Path folder) throws Exception {
        this.servers = kafka.bootstrapServers();
        this.folder = folder;
        topics = new Topics("t" + UUID.randomUUID().toString().substring(0, 8) + ".", PARTITIONS);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            new TopicProvisioning(admin, 1, 1, SOON).provision(topics);
        }
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer());
        reader = new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = reader
                .partitionsFor(topics.scanReports().name())
                .stream()
                .map(each -> new TopicPartition(each.topic(), each.partition()))
                .toList();
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
        // Lists by pages, so that the ledger tells them from watches.
        cluster = SimulatedCluster.builder()
                .startDelay(Duration.ofMillis(20))
                .terminationDelay(Duration.ofMillis(20))
                .watchList(false)
                .start();
        cluster.images().pushTag(image('a'), digest('a'));
        cluster.images().pushTag(image('b'), digest('b'));
        cluster.workloads().deployment("shop", "cart", pinned('a'), 3);
        cluster.workloads().deployment("shop", "search", pinned('a'), 2);
        cluster.awaitSettled(SOON);
    }

    static String digest(char letter) {
        return "sha256:" + String.valueOf(letter).repeat(64);
    }

    static String image(char letter) {
        return REPOSITORY + ":" + letter;
    }

    static String pinned(char letter) {
        return image(letter) + "@" + digest(letter);
    }

    // --- the parts

    Collector collector(UnaryOperator<KubernetesCollectorSettings> change) {
        KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(cluster.kubernetesConfig())
                .build();
        parts.push(client::close);
        var settings = KubernetesCollectorSettings.of(TargetId.parse(TARGET), "test-" + UUID.randomUUID(), "default")
                .withLease(new LeaseSettings(
                        "default",
                        "snowmelt-collector-test",
                        Duration.ofSeconds(4),
                        Duration.ofMillis(3000),
                        Duration.ofMillis(300)));
        var collector = KubernetesCluster.collector(
                change.apply(settings),
                client,
                Map.of("bootstrap.servers", servers),
                topics,
                InstantSource.system(),
                new SimpleMeterRegistry());
        parts.push(collector::close);
        collector.start();
        return collector;
    }

    Collector watching(UnaryOperator<KubernetesCollectorSettings> change) {
        Collector collector = collector(change);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().state()).isEqualTo(CollectorHealth.State.WATCHING));
        return collector;
    }

    /// One that shares the partitions with those there are, when it has started.
    Detector anotherDetector() {
        var detector = new Detector(
                topics,
                DetectorSettings.DEFAULT.with(Storage.MEMORY),
                StreamsSettings.of(servers, folder.resolve("detector-" + parts.size())),
                new SimpleMeterRegistry());
        parts.push(detector::close);
        detector.start();
        return detector;
    }

    Detector detector() {
        Detector detector = anotherDetector();
        await().atMost(SOON).until(() -> detector.unready().isEmpty());
        return detector;
    }

    Scanner scanner() {
        var scanner = new Scanner(
                topics,
                Storage.MEMORY,
                StreamsSettings.of(servers, folder.resolve("scanner")),
                new SimpleMeterRegistry());
        parts.push(scanner::close);
        scanner.start();
        await().atMost(SOON).until(() -> scanner.unready().isEmpty());
        return scanner;
    }

    /// Everything, with both Deployments declared as they are.
    ScanWorld start() {
        declare(CART, 'a');
        declare(SEARCH, 'a');
        detector();
        scanner();
        watching(UnaryOperator.identity());
        return this;
    }

    // --- what is written

    void declare(String workload, char letter) {
        var id = WorkloadId.parse(workload);
        var declaration = Declaration.newBuilder()
                .setWorkload(workload)
                .addRevisions(Revision.newBuilder()
                        .setNumber(1)
                        .setSpec(DeclarationSpec.newBuilder()
                                .addContainers(DeclaredContainer.newBuilder()
                                        .setName(id.name())
                                        .setType(DeclaredContainer.Type.APP)
                                        .setImage(pinned(letter)))))
                .build();
        send(new ProducerRecord<>(
                topics.declarations().name(),
                topics.declarations().partitionOf(id),
                workload.getBytes(StandardCharsets.UTF_8),
                declaration.toByteArray()));
    }

    /// As with a console: no key, on whatever partition.
    String scan(String json) {
        return scans(json, 1).getFirst();
    }

    List<String> scans(String json, int count) {
        var written = new ArrayList<Future<RecordMetadata>>();
        for (int i = 0; i < count; i++) {
            written.add(producer.send(new ProducerRecord<>(
                    topics.scanRequests().name(), i % PARTITIONS, null, json.getBytes(StandardCharsets.UTF_8))));
        }
        return written.stream()
                .map(ScanWorld::done)
                .map(at -> new RecordId(at.partition(), at.offset()).toString())
                .toList();
    }

    void status(CollectorStatus status) {
        byte[] key = status.getCollector().getBytes(StandardCharsets.UTF_8);
        send(new ProducerRecord<>(
                topics.collectors().name(),
                topics.collectors().partitionOf(status.getCollector()),
                key,
                status.toByteArray()));
    }

    void observe(int partition, @Nullable String workload, Observation observation, long snapshot) {
        var record = new ProducerRecord<byte[], byte[]>(
                topics.observations().name(),
                partition,
                workload == null ? null : workload.getBytes(StandardCharsets.UTF_8),
                observation.toByteArray());
        new ObservationHeader(1, snapshot, 0, System.currentTimeMillis(), ObservationHeader.Source.LIST)
                .addTo(record.headers());
        send(record);
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        var _ = done(producer.send(record));
    }

    private static RecordMetadata done(Future<RecordMetadata> sent) {
        try {
            return sent.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    // --- what is read

    private void read() {
        for (var record : reader.poll(Duration.ofMillis(100))) {
            String id = new String(record.key(), StandardCharsets.UTF_8);
            reports.computeIfAbsent(id, _ -> new ArrayList<>())
                    .add(topics.scanReports().valueSerde().deserializer().deserialize("", record.value()));
        }
    }

    /// Waits for a scan's report.
    ScanReport report(String scan) {
        // Waiting takes a tenth of a second even for what is there.
        if (!reports.containsKey(scan)) {
            await("report of " + scan).atMost(SOON).until(() -> reported(scan));
        }
        assertThat(reports.get(scan)).hasSize(1);
        return reports.get(scan).getFirst();
    }

    boolean reported(String scan) {
        read();
        return reports.containsKey(scan);
    }

    long lists() {
        return cluster.ledger().count("list pods");
    }

    @Override
    public void close() {
        while (!parts.isEmpty()) {
            parts.pop().run();
        }
        producer.close(Duration.ofSeconds(1));
        reader.close();
        cluster.close();
    }
}
