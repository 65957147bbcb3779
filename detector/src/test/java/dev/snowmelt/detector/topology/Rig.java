package dev.snowmelt.detector.topology;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.schemas.topic.Serdes;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.schemas.trace.Tracing;
import dev.snowmelt.v1.Declaration;
import dev.snowmelt.v1.Evidence;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.Ran;
import dev.snowmelt.v1.ScanTally;
import dev.snowmelt.v1.SnapshotSettled;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import dev.snowmelt.v1.WorkloadVerdict;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/// The topology without a broker. Time is given, offsets count from 0 in each topic, and a restart
/// keeps the stores but not the heap.
final class Rig implements AutoCloseable {
    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);

    private static final List<String> STORES =
            List.of(TaskStores.DECLARATIONS, TaskStores.INSTANCES, TaskStores.WORKLOADS, TaskStores.TARGETS);

    private final Topics topics;
    private final DetectorSettings settings;
    private final List<TestRecord<byte[], byte[]>> observed = new ArrayList<>();
    private final List<TestRecord<byte[], byte[]>> declared = new ArrayList<>();
    private final List<TestRecord<byte[], byte[]>> inputs = new ArrayList<>();
    private final List<Write> journal = new ArrayList<>();
    private final Map<String, byte @Nullable []> verdicts = new LinkedHashMap<>();
    private final List<Evidence> evidence = new ArrayList<>();
    private final List<ScanTally> tallies = new ArrayList<>();

    /// One record that the topology wrote, changelogs of stores included.
    ///
    /// @param when twice the number of inputs processed when it was written; odd for what a timer
    /// wrote after them
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Write(String topic, byte[] key, byte @Nullable [] value, int when) {}

    private MeterRegistry registry = new SimpleMeterRegistry();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> observations;
    private TestInputTopic<byte[], byte[]> declarations;
    private final Map<String, TestOutputTopic<byte[], byte[]>> outputs = new LinkedHashMap<>();
    private TestOutputTopic<byte[], byte[]> deadLetters;
    private Instant now = START;
    private long epoch = 1;
    private String topicId = "first";
    private boolean stopped;
    private byte @Nullable [] way;
    private final Map<String, String> ways = new HashMap<>();

    Rig() {
        this(DetectorSettings.DEFAULT, 1);
    }

    @SuppressWarnings("NullAway.Init")
    Rig(DetectorSettings settings, int partitions) {
        this.topics = new Topics(Topics.DEFAULT_PREFIX, partitions);
        this.settings = settings.with(DetectorSettings.Storage.MEMORY);
        open(0, 0, 0);
    }

    private void open(long observationsEnd, long committedDeclarations, long declarationsEnd) {
        var config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "detector");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "localhost:1");
        registry = new SimpleMeterRegistry();
        var ends = new EndOffsets() {
            @Override
            public long of(TopicPartition partition) {
                return partition.topic().equals(topics.observations().name()) ? observationsEnd : declarationsEnd;
            }

            @Override
            public String topicId(String topic) {
                return topicId;
            }

            @Override
            public void unread(TopicPartition partition, long end, Look look) {
                for (int i = (int) committedDeclarations; i < end; i++) {
                    var record = declared.get(i);
                    look.at(i, record.timestamp(), record.key(), record.value());
                }
            }
        };
        driver = new TopologyTestDriver(new DetectorTopology(topics, settings, ends, registry).build(), config, now);
        observations = input(topics.observations().name());
        declarations = input(topics.declarations().name());
        outputs.clear();
        for (String topic : List.of(
                topics.verdicts().name(),
                topics.evidence().name(),
                topics.scanTallies().name())) {
            outputs.put(topic, output(topic));
        }
        for (String store : STORES) {
            String changelog = "detector-" + store + "-changelog";
            outputs.put(changelog, output(changelog));
        }
        deadLetters = output(topics.deadLetters().name());
    }

    private TestInputTopic<byte[], byte[]> input(String topic) {
        return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    // --- what comes in

    long offset() {
        return observed.size();
    }

    Rig pass(Duration time) {
        now = now.plus(time);
        driver.advanceWallClockTime(time);
        drain(2 * inputs.size() + 1);
        return this;
    }

    long nowMillis() {
        return now.toEpochMilli();
    }

    Rig epoch(long newEpoch) {
        epoch = newEpoch;
        return this;
    }

    Rig watch(@Nullable String workload, Observation observation) {
        return watch(workload, observation, 0);
    }

    Rig watch(@Nullable String workload, Observation observation, long resourceVersion) {
        return send(workload, observation, Source.WATCH, 0, resourceVersion);
    }

    Rig list(@Nullable String workload, Observation observation, long snapshot) {
        return list(workload, observation, snapshot, 0);
    }

    Rig list(@Nullable String workload, Observation observation, long snapshot, long resourceVersion) {
        return send(workload, observation, Source.LIST, snapshot, resourceVersion);
    }

    Rig agent(String workload, Observation observation) {
        return sendRaw(
                Keys.utf8(workload),
                Serdes.deterministicBytes(observation),
                new ObservationHeader(0, 0, 0, nowMillis(), Source.AGENT).toBytes());
    }

    private Rig send(
            @Nullable String workload, Observation observation, Source source, long snapshot, long resourceVersion) {
        return sendRaw(
                workload == null ? null : Keys.utf8(workload),
                Serdes.deterministicBytes(observation),
                new ObservationHeader(epoch, snapshot, resourceVersion, nowMillis(), source).toBytes());
    }

    Rig sendRaw(byte @Nullable [] key, byte @Nullable [] value, byte @Nullable [] header) {
        now = now.plusMillis(1);
        var headers = new RecordHeaders();
        if (header != null) {
            headers.add(ObservationHeader.NAME, header);
        }
        return send(key, value, headers);
    }

    /// With a header that has no value.
    Rig sendNullHeader(byte @Nullable [] key, byte @Nullable [] value) {
        now = now.plusMillis(1);
        return send(key, value, new RecordHeaders().add(ObservationHeader.NAME, null));
    }

    /// What comes from now on is part of a way; null: of none.
    Rig onWay(@Nullable String header) {
        way = header == null ? null : Keys.utf8(header);
        return this;
    }

    private Rig send(byte @Nullable [] key, byte @Nullable [] value, Headers headers) {
        if (way != null) {
            headers.add(Tracing.HEADER, way);
        }
        var record = new TestRecord<>(key, value, headers, now);
        observed.add(record);
        inputs.add(record);
        if (!stopped) {
            observations.pipeInput(record);
            drain(2 * inputs.size());
        }
        return this;
    }

    Rig declare(Declaration declaration) {
        return declareRaw(Keys.utf8(declaration.getWorkload()), declaration.toByteArray());
    }

    /// With a record time of its own.
    Rig declareAt(Declaration declaration, long atMillis) {
        Instant present = now;
        now = Instant.ofEpochMilli(atMillis - 1);
        declare(declaration);
        now = present;
        return this;
    }

    Rig undeclare(String workload) {
        return declareRaw(Keys.utf8(workload), null);
    }

    Rig declareRaw(byte @Nullable [] key, byte @Nullable [] value) {
        now = now.plusMillis(1);
        var record = new TestRecord<>(key, value, new RecordHeaders(), now);
        declared.add(record);
        inputs.add(record);
        declarations.pipeInput(record);
        drain(2 * inputs.size());
        return this;
    }

    // --- restarts

    /// What is written meanwhile lies in the topic when the detector starts.
    Rig whileStopped(Runnable writes) {
        int before = observed.size();
        stopped = true;
        writes.run();
        stopped = false;
        return restart(before, declared.size());
    }

    /// Its changelogs were removed while it was stopped: nothing is in the stores, the declarations
    /// are read again, and observations come first.
    ///
    /// @param committed how many observations had been committed
    Rig reset(long committed) {
        journal.removeIf(each -> each.topic.endsWith("-changelog"));
        reopen(Map.of(), committed, 0);
        observed.subList((int) committed, observed.size()).forEach(observations::pipeInput);
        declared.forEach(declarations::pipeInput);
        drain(0);
        return this;
    }

    /// The same, with all committed but what is written meanwhile.
    Rig reset(Runnable meanwhile) {
        int before = observed.size();
        stopped = true;
        meanwhile.run();
        stopped = false;
        return reset(before);
    }

    /// What [StandingVerdicts] would write now.
    Rig sayWhatStands() {
        for (String key : world().keySet()) {
            int bar = key.indexOf('|');
            if (!key.contains("||")) {
                watch(key.substring(0, bar), Sample.toldBefore(key.substring(bar + 1)));
            }
        }
        return this;
    }

    /// The topic of observations was deleted and made anew while nothing ran.
    Rig recreated() {
        topicId += " and another";
        return truncated();
    }

    /// All observations were lost, but the topic is the same.
    Rig truncated() {
        var contents = stored();
        observed.clear();
        reopen(contents, 0, declared.size());
        return this;
    }

    /// Begins with stores that somebody else wrote, and nothing in the topics.
    Rig holding(Map<String, Map<Bytes, byte[]>> contents) {
        reopen(contents, 0, 0);
        return this;
    }

    /// What each store holds.
    Map<String, Map<Bytes, byte[]>> stored() {
        var contents = new HashMap<String, Map<Bytes, byte[]>>();
        for (String store : STORES) {
            var copy = new HashMap<Bytes, byte[]>();
            KeyValueStore<Bytes, byte[]> from = driver.getKeyValueStore(store);
            try (var all = from.all()) {
                all.forEachRemaining(each -> copy.put(each.key, each.value));
            }
            contents.put(store, copy);
        }
        return contents;
    }

    /// Stops and starts again with what the stores hold; consumes from the committed offsets again.
    Rig restart(long committedObservations, long committedDeclarations) {
        reopen(stored(), committedObservations, committedDeclarations);
        declared.subList((int) committedDeclarations, declared.size()).forEach(declarations::pipeInput);
        observed.subList((int) committedObservations, observed.size()).forEach(observations::pipeInput);
        drain(0);
        return this;
    }

    /// Dies and starts again elsewhere, with an empty state folder. Of what was written since the
    /// last commit, a prefix of its own has reached each topic, changelogs included.
    ///
    /// @param committed how many inputs had been committed
    Rig crash(int committed, SplittableRandom random) {
        var contents = new HashMap<String, Map<Bytes, byte[]>>();
        verdicts.clear();
        evidence.clear();
        var byTopic = journal.stream().collect(Collectors.groupingBy(Write::topic));
        byTopic.forEach((topic, writes) -> {
            long durable =
                    writes.stream().filter(each -> each.when <= 2 * committed).count();
            long arrived = random.nextLong(durable, writes.size() + 1L);
            var prefix = writes.subList(0, (int) arrived);
            if (topic.endsWith("-changelog")) {
                var store = new HashMap<Bytes, byte[]>();
                prefix.forEach(each -> store.compute(Bytes.wrap(each.key), (_, _) -> each.value));
                contents.put(topic.substring("detector-".length(), topic.length() - "-changelog".length()), store);
            } else {
                prefix.forEach(each -> take(each.topic, each.key, each.value));
            }
        });
        long committedObservations =
                inputs.subList(0, committed).stream().filter(observed::contains).count();
        reopen(contents, committedObservations, committed - committedObservations);
        for (var record : inputs.subList(committed, inputs.size())) {
            (observed.contains(record) ? observations : declarations).pipeInput(record);
        }
        drain(0);
        return this;
    }

    private void reopen(
            Map<String, Map<Bytes, byte[]>> contents, long committedObservations, long committedDeclarations) {
        driver.close();
        open(observed.size(), committedDeclarations, declared.size());
        contents.forEach((store, copy) -> {
            KeyValueStore<Bytes, byte[]> to = driver.getKeyValueStore(store);
            copy.forEach(to::put);
        });
        // The driver's offsets begin at 0: what was committed is stood in for by records that change nothing.
        var headers = new RecordHeaders();
        headers.add(ObservationHeader.NAME, new ObservationHeader(0, 1, 0, nowMillis(), Source.LIST).toBytes());
        byte[] begin = Serdes.deterministicBytes(Sample.begin("k8s:nowhere"));
        for (long i = 0; i < committedObservations; i++) {
            observations.pipeInput(new TestRecord<>(null, begin, headers, now));
        }
        var unusable = new TestRecord<>(new byte[0], new byte[0], new RecordHeaders(), now);
        for (long i = 0; i < committedDeclarations; i++) {
            declarations.pipeInput(unusable);
        }
        deadLetters.readRecordsToList();
        drain(0);
    }

    /// As [#restart] with everything committed.
    Rig restart() {
        return restart(observed.size(), declared.size());
    }

    /// Forgets what was written so far, so that only what comes next is seen.
    Rig forget() {
        verdicts.clear();
        evidence.clear();
        tallies.clear();
        deadLetters.readRecordsToList();
        return this;
    }

    // --- what comes out

    private void drain(int when) {
        outputs.forEach((topic, output) -> {
            for (var record : output.readRecordsToList()) {
                journal.add(new Write(topic, record.key(), record.value(), when));
                byte[] header = Tracing.header(record.headers());
                if (topic.equals(topics.verdicts().name())) {
                    ways.put(Keys.text(record.key()), header == null ? "none" : Keys.text(header));
                }
                take(topic, record.key(), record.value());
            }
        });
    }

    private void take(String topic, byte[] key, byte @Nullable [] value) {
        if (topic.equals(topics.verdicts().name())) {
            verdicts.remove(Keys.text(key));
            verdicts.put(Keys.text(key), value);
        } else if (topic.equals(topics.scanTallies().name()) && value != null) {
            try {
                tallies.add(ScanTally.parseFrom(value));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        } else if (topic.equals(topics.evidence().name()) && value != null) {
            try {
                evidence.add(Evidence.parseFrom(value));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// Lets the workloads' verdicts out.
    Rig settle() {
        pass(Duration.ofMillis(200));
        drain(2 * inputs.size() + 1);
        return this;
    }

    /// Keys written since the last [#forget], in the order of their last record.
    List<String> keys() {
        return List.copyOf(verdicts.keySet());
    }

    /// The verdicts of an instance since the start, in their order; null for a tombstone.
    List<Verdict.@Nullable State> history(String key) {
        var history = new ArrayList<Verdict.@Nullable State>();
        for (Write write : journal) {
            if (write.topic.equals(topics.verdicts().name())
                    && Keys.text(write.key).equals(key)) {
                try {
                    history.add(
                            write.value == null
                                    ? null
                                    : VerdictRecord.parseFrom(write.value)
                                            .getInstance()
                                            .getState());
                } catch (InvalidProtocolBufferException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return history;
    }

    boolean wrote(String key) {
        return verdicts.containsKey(key);
    }

    /// The way that the last record of the key belongs to.
    String way(String key) {
        return ways.getOrDefault(key, "nothing was written");
    }

    /// Findings since the start whose time until they were found was measured.
    long detected() {
        return detection().mapToLong(Timer::count).sum();
    }

    /// The longest that one of them took.
    Duration longestDetection() {
        return Duration.ofMillis((long) detection()
                .mapToDouble(timer -> timer.max(TimeUnit.MILLISECONDS))
                .max()
                .orElse(0));
    }

    private Stream<Timer> detection() {
        return registry.find("snowmelt.detector.detection").timers().stream();
    }

    /// True when the last record of the key is a tombstone.
    boolean tombstone(String key) {
        return verdicts.containsKey(key) && verdicts.get(key) == null;
    }

    static String key(String workload, String instance) {
        return workload + "|" + instance;
    }

    Verdict verdict(String workload, int pod) {
        return record(key(workload, Sample.pod(workload, pod))).getInstance();
    }

    WorkloadVerdict verdict(String workload) {
        return record(workload + "|").getWorkload();
    }

    SnapshotSettled settled(String target) {
        return record(target + "||0").getSnapshot();
    }

    private VerdictRecord record(String key) {
        try {
            return VerdictRecord.parseFrom(raw(key));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /// All that stands in the compacted topic: what a reader that comes later would see.
    Map<String, VerdictRecord> world() {
        var world = new HashMap<String, VerdictRecord>();
        verdicts.forEach((key, value) -> {
            if (value != null) {
                world.put(key, record(key));
            }
        });
        return world;
    }

    /// The last record of a key, as it was written.
    byte[] raw(String key) {
        byte[] value = verdicts.get(key);
        if (value == null) {
            throw new AssertionError("no verdict of " + key + " among " + verdicts.keySet());
        }
        return value;
    }

    /// All evidence since the start, as it was written.
    List<byte[]> rawEvidence() {
        return journal.stream()
                .filter(each -> each.topic.equals(topics.evidence().name()))
                .map(each -> each.value)
                .filter(Objects::nonNull)
                .toList();
    }

    List<Ran> ran() {
        return evidence.stream().map(Evidence::getRan).toList();
    }

    List<TestRecord<byte[], byte[]>> deadLetters() {
        return deadLetters.readRecordsToList();
    }

    /// Bytes of the largest record that was written, changelogs included, dead letters not.
    int largest() {
        return journal.stream()
                .mapToInt(each -> each.key.length + (each.value == null ? 0 : each.value.length))
                .max()
                .orElse(0);
    }

    List<ScanTally> tallies() {
        return List.copyOf(tallies);
    }

    List<Evidence> evidence() {
        return List.copyOf(evidence);
    }

    /// How many records came in so far.
    int inputs() {
        return inputs.size();
    }

    double records(String outcome) {
        return registry.get("snowmelt.detector.records")
                .tag("outcome", outcome)
                .functionCounter()
                .count();
    }

    double indexed() {
        return registry.get("snowmelt.detector.index.facets").gauge().value();
    }

    @Override
    public void close() {
        driver.close();
    }
}
