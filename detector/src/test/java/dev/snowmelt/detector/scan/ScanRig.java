package dev.snowmelt.detector.scan;

import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import dev.snowmelt.detector.topology.DetectorSettings.Storage;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.CollectorStatus;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Drift;
import dev.snowmelt.v1.Revision;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanReport.WorkloadCount;
import dev.snowmelt.v1.ScanRequest;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.Verdict;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/// The scanner's topology without a broker; time is given. There is one partition for the driver,
/// so tallies say of how many they are.
final class ScanRig implements AutoCloseable {
    static final Instant START = Instant.ofEpochSecond(1_800_000_000);
    static final String TEST = "k8s:test";
    static final String OTHER = "k8s:other";

    final Topics topics;
    final MeterRegistry registry = new SimpleMeterRegistry();
    private final int partitions;
    private final TopologyTestDriver driver;
    private final TestInputTopic<byte[], byte[]> requests;
    private final TestInputTopic<byte[], byte[]> tallies;
    private final TestInputTopic<byte[], byte[]> collectors;
    private final TestInputTopic<byte[], byte[]> declarations;
    private final TestOutputTopic<RecordId, ScanReport> reports;
    private final TestOutputTopic<byte[], byte[]> deadLetters;
    private final Map<String, List<ScanReport>> reported = new TreeMap<>();
    private Instant now = START;
    private long asked;

    ScanRig(int partitions) {
        this.partitions = partitions;
        topics = new Topics(Topics.DEFAULT_PREFIX, partitions);
        var config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "scanner");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");
        driver = new TopologyTestDriver(new ScanTopology(topics, Storage.MEMORY, registry).build(), config, now);
        requests = input(topics.scanRequests().name());
        tallies = input(topics.scanTallies().name());
        collectors = input(topics.collectors().name());
        declarations = input(topics.declarations().name());
        reports = driver.createOutputTopic(
                topics.scanReports().name(),
                topics.scanReports().keySerde().deserializer(),
                topics.scanReports().valueSerde().deserializer());
        deadLetters = driver.createOutputTopic(
                topics.deadLetters().name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    Instant now() {
        return now;
    }

    ScanRig pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
        return this;
    }

    ScanRig watched(String target) {
        return watched(target, "");
    }

    ScanRig watched(String target, String problem) {
        CollectorStatus status = CollectorStatus.newBuilder()
                .setCollector("kubernetes/" + target)
                .setTarget(target)
                .setKind("kubernetes")
                .setProblem(problem)
                .build();
        return status(status);
    }

    ScanRig status(CollectorStatus status) {
        collectors.pipeInput(utf8(status.getCollector()), status.toByteArray(), now);
        return this;
    }

    ScanRig statusRaw(String collector, byte[] value) {
        collectors.pipeInput(utf8(collector), value, now);
        return this;
    }

    ScanRig declared(String workload, boolean is) {
        return declared(workload, is ? Declaration.newBuilder().setWorkload(workload) : null);
    }

    ScanRig declared(String workload, long revision) {
        return declared(
                workload,
                Declaration.newBuilder()
                        .setWorkload(workload)
                        .addRevisions(Revision.newBuilder().setNumber(revision)));
    }

    private ScanRig declared(String workload, Declaration.@Nullable Builder declaration) {
        byte[] value = declaration == null ? null : declaration.build().toByteArray();
        declarations.pipeInput(new TestRecord<>(utf8(workload), value, now));
        return this;
    }

    /// @return the scan's id
    String ask(ScanRequest request) {
        return askRaw(null, request.toByteArray());
    }

    String ask(String json) {
        return askRaw(null, utf8(json));
    }

    String askRaw(byte @Nullable [] key, byte @Nullable [] value) {
        requests.pipeInput(new TestRecord<>(key, value, now));
        return "0-" + asked++;
    }

    ScanRig count(ScanTally tally) {
        tallies.pipeInput(utf8(tally.getScan()), tally.toByteArray(), now);
        return this;
    }

    ScanRig countRaw(byte[] value) {
        tallies.pipeInput(utf8("0-0"), value, now);
        return this;
    }

    /// The same on every partition.
    ScanRig countAll(ScanTally.Builder tally) {
        for (int partition = 0; partition < partitions; partition++) {
            count(tally.setPartition(partition).build());
        }
        return this;
    }

    /// The same on every partition but one.
    ScanRig countAll(ScanTally.Builder tally, int but, UnaryOperator<ScanTally.Builder> differs) {
        for (int partition = 0; partition < partitions; partition++) {
            var one = tally.setPartition(partition);
            count((partition == but ? differs.apply(one) : one).build());
        }
        return this;
    }

    /// A complete tally of a target with one conformant instance a partition.
    ScanTally.Builder tally(String scan, String target, long snapshot) {
        return ScanTally.newBuilder()
                .setScan(scan)
                .setTarget(target)
                .setPartitions(partitions)
                .setSnapshot(snapshot)
                .setComplete(true)
                .setCollector("kubernetes/" + target)
                .setSnapshotAt(Timestamps.fromMillis(now.toEpochMilli()))
                .addWorkloads(WorkloadCount.newBuilder()
                        .setWorkload(target + "/shop/Deployment/any")
                        .setConformant(1))
                .setTotal(WorkloadCount.newBuilder().setConformant(1));
    }

    static Verdict drifted(String workload, int pod) {
        return Verdict.newBuilder()
                .setWorkload(workload)
                .setInstance("k8s:test/shop/pod/p-%05d/uid".formatted(pod))
                .setState(Verdict.State.DRIFTED)
                .addDrifts(Drift.newBuilder().setKind(Drift.Kind.IMAGE_MISMATCH).setSubject("app"))
                .build();
    }

    /// Reports of a scan so far.
    List<ScanReport> reports(String scan) {
        for (var record : reports.readRecordsToList()) {
            reported.computeIfAbsent(record.key().toString(), _ -> new ArrayList<>())
                    .add(record.value());
        }
        return reported.getOrDefault(scan, List.of());
    }

    /// Its one report.
    ScanReport report(String scan) {
        List<ScanReport> all = reports(scan);
        if (all.size() != 1) {
            throw new AssertionError("scan " + scan + " has " + all.size() + " reports: " + all);
        }
        return all.getFirst();
    }

    int deadLetters() {
        return deadLetters.readRecordsToList().size();
    }

    /// How much is remembered of scans and tallies.
    long remembered() {
        return size(GatherScan.SCANS) + size(GatherScan.TALLIES);
    }

    long size(String store) {
        long size = 0;
        try (var all = driver.getKeyValueStore(store).all()) {
            for (; all.hasNext(); all.next()) {
                size++;
            }
        }
        return size;
    }

    static ScanRequest request(String json) {
        var request = ScanRequest.newBuilder();
        try {
            JsonFormat.parser().merge(json, request);
        } catch (com.google.protobuf.InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        return request.build();
    }

    @Override
    public void close() {
        driver.close();
    }
}
