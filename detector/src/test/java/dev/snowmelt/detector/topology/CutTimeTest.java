package dev.snowmelt.detector.topology;

import static dev.snowmelt.detector.topology.Sample.TARGET;

import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.ScanCut;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.Verdict;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CutTimeTest {
    @TempDir
    Path folder;

    @Test
    void measure() throws Exception {
        for (var storage : DetectorSettings.Storage.values()) {
            run(storage);
        }
    }

    private void run(DetectorSettings.Storage storage) throws Exception {
        var topics = new Topics("m.", 1);
        var config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "detector" + storage);
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");
        config.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        var topology = new DetectorTopology(
                        topics, DetectorSettings.DEFAULT.with(storage), _ -> 0, new SimpleMeterRegistry())
                .build();
        try (var driver = new TopologyTestDriver(topology, config)) {
            KeyValueStore<Bytes, byte[]> instances = driver.getKeyValueStore(TaskStores.INSTANCES);
            KeyValueStore<Bytes, byte[]> workloads = driver.getKeyValueStore(TaskStores.WORKLOADS);
            KeyValueStore<Bytes, byte[]> declarations = driver.getKeyValueStore(TaskStores.DECLARATIONS);
            for (int w = 0; w < 12_500; w++) {
                String workload = Sample.workload("team-service-" + w);
                byte[] key = Keys.utf8(workload);
                declarations.put(
                        Bytes.wrap(key), Sample.declaration(workload, 'a', 'b').toByteArray());
                workloads.put(
                        Bytes.wrap(key),
                        new WorkloadState(
                                        new SeenOrder(1, 1, 1, true),
                                        1,
                                        1,
                                        0,
                                        Sample.status(workload, 20, 20, Sample.TAGGED)
                                                .toByteArray())
                                .toBytes());
                for (int i = 0; i < 20; i++) {
                    String pod = Sample.pod(workload, i);
                    var state = InstanceState.unknown();
                    boolean drifted = w % 100 == 0;
                    state.verdict = drifted ? Verdict.State.DRIFTED : Verdict.State.CONFORMANT;
                    state.image = Sample.observed(pod, drifted ? 'c' : 'a').toByteArray();
                    state.images = i % 5;
                    instances.put(Bytes.wrap(Keys.utf8(workload + "|" + pod)), state.toBytes());
                }
            }
            var in = driver.createInputTopic(
                    topics.observations().name(), new ByteArraySerializer(), new ByteArraySerializer());
            var out = driver.createOutputTopic(
                    topics.scanTallies().name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
            for (int scans : new int[] {1, 1, 1, 1, 1, 500}) {
                var asked = new ScanCut.Asked[scans];
                for (int i = 0; i < scans; i++) {
                    asked[i] = Sample.scan("0-" + i);
                }
                var headers = new RecordHeaders();
                headers.add(
                        ObservationHeader.NAME,
                        new ObservationHeader(1, 5, 0, 1_800_000_000_000L, Source.LIST).toBytes());
                byte[] cut = Sample.cut(TARGET, 5, asked).toByteArray();
                long started = System.nanoTime();
                in.pipeInput(
                        new TestRecord<>((byte[]) null, cut, headers, java.time.Instant.ofEpochSecond(1_800_000_000)));
                long took = (System.nanoTime() - started) / 1_000_000;
                var tallies = out.readRecordsToList();
                ScanTally tally = ScanTally.parseFrom(tallies.getFirst().value());
                System.out.println("CUT " + storage + " scans " + scans + " ms " + took + " bytes "
                        + tallies.getFirst().value().length + " total "
                        + tally.getTotal().getConformant() + "/"
                        + tally.getTotal().getDrifted() + " listed " + tally.getDriftsCount());
            }
        }
    }
}
