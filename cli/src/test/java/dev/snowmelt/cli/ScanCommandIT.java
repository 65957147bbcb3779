package dev.snowmelt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.TopicProvisioning;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The command's side of a scan alone: what it asks, what it says meanwhile, what it makes of the answer.
class ScanCommandIT {
    private static final String TARGET = "k8s:prod-eu";
    private static final int PARTITIONS = 3;

    private static EmbeddedKafka kafka;

    @TempDir
    private Path folder;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void exitsAsTheReportSays() throws Exception {
        Map<String, String> environment = provision("exits.");
        try (var scanner = new Scanner("exits.", (id, request) -> switch (request.getBy()) {
            case "clean" -> report(id, request, ScanReport.Result.CLEAN);
            case "drift" -> report(id, request, ScanReport.Result.DRIFT);
            default -> report(id, request, ScanReport.Result.INCOMPLETE);
        })) {
            Instant before = Instant.now();
            Run clean = Run.with(environment, "scan", "--by", "clean", "--target", TARGET, "--wait", "40s");
            Run drift = Run.with(environment, "scan", "--by", "drift", "-o", "json");
            Run incomplete = Run.with(environment, "scan", "--by", "nobody", "-o", "yaml");

            assertThat(clean.exitCode()).as(clean.err()).isZero();
            assertThat(drift.exitCode()).isEqualTo(2);
            assertThat(incomplete.exitCode()).isEqualTo(3);
            assertThat(clean.out()).startsWith("Scan ").contains(": CLEAN, took");
            assertThat(clean.err()).startsWith("snowmelt: scan ").contains("is asked for");
            assertThat(drift.out()).startsWith("{").contains("\"result\" : \"DRIFT\"");
            assertThat(incomplete.out()).contains("result: INCOMPLETE");
            ScanRequest request = scanner.requests.peek();
            assertThat(request.getScope().getTargetsList()).containsExactly(TARGET);
            assertThat(request.getScope().getLimit()).isEqualTo(1000);
            assertThat(Instant.ofEpochMilli(Timestamps.toMillis(request.getDeadline())))
                    .isBetween(before.plusSeconds(37), Instant.now().plusSeconds(38));
        }
    }

    @Test
    void noReportInTimeIsIncompleteAndSaysWhatToCheck() throws Exception {
        Map<String, String> environment = provision("silent.");
        var status = CollectorStatus.newBuilder()
                .setCollector("kubernetes/" + TARGET)
                .setTarget(TARGET)
                .setProblem("may not list pods")
                .build();
        write(new Topics("silent.", PARTITIONS).collectors(), status.getCollector(), status);

        Run run = Run.with(environment, "scan", "--wait", "2s");
        Run junit = Run.with(environment, "scan", "--wait", "1s", "--output", "junit");

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains(": INCOMPLETE, took 2.")
                .contains("no report came within 2s (nothing is counted yet)")
                .contains("check that 'snowmelt detect' runs on this broker and is ready")
                .contains(TARGET + ": 0 of 3 partitions were counted: check that collector kubernetes/" + TARGET
                        + " runs, it has not taken a snapshot yet and it says: may not list pods");
        assertThat(run.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(junit.exitCode()).isEqualTo(3);
        assertThat(junit.out()).startsWith("<?xml").contains("<error message=\"no report came within");
    }

    @Test
    void allFollowsTheCursorAndSavesEveryFormat() throws Exception {
        Map<String, String> environment = provision("pages.");
        Path junit = folder.resolve("snowmelt.xml");
        Path sarif = folder.resolve("snowmelt.sarif");
        try (var scanner = new Scanner("pages.", ScanCommandIT::page)) {
            Run all = Run.with(
                    environment,
                    "scan",
                    "--all",
                    "--limit",
                    "2",
                    "--save",
                    "junit=" + junit,
                    "--save",
                    "sarif=" + sarif,
                    "-o",
                    "json");
            Run one = Run.with(environment, "scan", "--limit", "2", "--after", cursor(2));

            assertThat(all.exitCode()).isEqualTo(2);
            JsonNode report = JsonMapper.shared().readTree(all.out());
            assertThat(report.get("drifts")
                            .valueStream()
                            .map(drift -> drift.get("instance").stringValue()))
                    .containsExactly("0", "1", "2", "3", "4");
            assertThat(report.has("cursor")).isFalse();
            assertThat(scanner.requests).hasSize(4);
            assertThat(Files.readString(junit)).contains("DRIFTED 4");
            assertThat(JsonMapper.shared()
                            .readTree(Files.readString(sarif))
                            .at("/runs/0/results")
                            .size())
                    .isZero(); // the verdicts of this test have no drifts
            assertThat(one.out()).contains("DRIFTED 2").contains("1 more drifted instances follow: add --all");
        }
    }

    @Test
    void missingTopicsAndAnUnreachableKafkaAreErrors() {
        Run missing = Run.with(environment("missing."), "scan");
        Run unreachable = Run.of("scan", "--bootstrap-server", "127.0.0.1:1", "--wait", "1s");

        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("run 'snowmelt topics create'");
        assertThat(missing.out()).isEmpty();
        assertThat(unreachable.exitCode()).isEqualTo(1);
        assertThat(unreachable.err()).contains("does not answer");
    }

    private static ScanReport report(RecordId id, ScanRequest request, ScanReport.Result result) {
        return ScanReport.newBuilder()
                .setScan(id.toString())
                .setResult(result)
                .setRequest(request)
                .setStarted(Timestamps.fromMillis(1000))
                .setFinished(Timestamps.fromMillis(2000))
                .build();
    }

    private static String cursor(int i) {
        return TARGET + "/shop/Deployment/cart|" + TARGET + "/shop/pod/cart-" + i + "/uid";
    }

    /// Five drifted instances, `limit` at a time.
    private static ScanReport page(RecordId id, ScanRequest request) {
        String after = request.getScope().getAfter();
        int first = IntStream.rangeClosed(0, 5)
                .filter(i -> after.isEmpty() || after.equals(cursor(i)))
                .findFirst()
                .orElseThrow();
        int end = Math.min(5, first + request.getScope().getLimit());
        var report = report(id, request, ScanReport.Result.DRIFT).toBuilder();
        String workload = TARGET + "/shop/Deployment/cart";
        report.addWorkloads(
                ScanReport.WorkloadCount.newBuilder().setWorkload(workload).setDrifted(5));
        IntStream.range(first, end)
                .forEach(i -> report.addDrifts(Verdict.newBuilder()
                        .setWorkload(workload)
                        .setInstance(Integer.toString(i))
                        .setState(Verdict.State.DRIFTED)));
        return end == 5
                ? report.build()
                : report.setCursor(cursor(end)).setDriftsOmitted(5 - end).build();
    }

    /// Stands in for collectors, detector and scanner.
    private static final class Scanner implements AutoCloseable {
        private final ConcurrentLinkedQueue<ScanRequest> requests = new ConcurrentLinkedQueue<>();
        private final Topics topics;
        private final BiFunction<RecordId, ScanRequest, ScanReport> answer;
        private final KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        private final Thread thread;

        Scanner(String prefix, BiFunction<RecordId, ScanRequest, ScanReport> answer) {
            this.topics = new Topics(prefix, PARTITIONS);
            this.answer = answer;
            consumer.assign(IntStream.range(0, PARTITIONS)
                    .mapToObj(partition ->
                            new TopicPartition(topics.scanRequests().name(), partition))
                    .toList());
            thread = Thread.ofPlatform().name("scanner").start(this::run);
        }

        private void run() {
            try {
                while (true) {
                    consumer.poll(Duration.ofMillis(100)).forEach(record -> {
                        ScanRequest request = topics.scanRequests()
                                .valueSerde()
                                .deserializer()
                                .deserialize(record.topic(), record.value());
                        requests.add(request);
                        var id = new RecordId(record.partition(), record.offset());
                        var tally =
                                ScanTally.newBuilder().setScan(id.toString()).setTarget(TARGET);
                        write(topics.scanTallies(), id, tally.setPartitions(3).build());
                        // Somebody else's.
                        write(
                                topics.scanReports(),
                                new RecordId(7, 7),
                                report(id, request, ScanReport.Result.INCOMPLETE));
                        write(topics.scanReports(), id, answer.apply(id, request));
                    });
                }
            } catch (WakeupException _) {
                // closed
            } finally {
                consumer.close();
            }
        }

        @Override
        public void close() {
            consumer.wakeup();
            org.awaitility.Awaitility.await().until(() -> !thread.isAlive());
        }
    }

    private static <K, V> void write(Topic<K, V> topic, K key, V value) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            var _ = producer.send(new org.apache.kafka.clients.producer.ProducerRecord<>(
                    topic.name(),
                    topic.partitionOf(key),
                    topic.keySerde().serializer().serialize(topic.name(), key),
                    topic.valueSerde().serializer().serialize(topic.name(), value)));
        }
    }

    private static Map<String, String> provision(String prefix) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            new TopicProvisioning(admin, 1, 1, Duration.ofSeconds(30)).provision(new Topics(prefix, PARTITIONS));
        }
        return environment(prefix);
    }

    private static Map<String, String> environment(String prefix) {
        return new HashMap<>(Map.of(
                "SNOWMELT_KAFKA_BOOTSTRAP_SERVERS",
                kafka.bootstrapServers(),
                "SNOWMELT_KAFKA_PREFIX",
                prefix,
                "SNOWMELT_KAFKA_PARTITIONS",
                Integer.toString(PARTITIONS)));
    }
}
