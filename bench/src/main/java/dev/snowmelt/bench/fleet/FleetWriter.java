package dev.snowmelt.bench.fleet;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.Topic;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.SnapshotBegin;
import dev.snowmelt.v1.SnapshotEnd;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Writes a fleet as a collector would: its declarations once, then snapshot after snapshot, with the real serdes,
/// headers and markers. Remembers the bytes of what is declared, so that writing is quick and unchanged means unchanged
/// bytes.
public final class FleetWriter implements AutoCloseable {
    private static final long EPOCH = 1;

    private final Topics topics;
    private final Fleet fleet;
    private final Producer<byte @Nullable [], byte[]> producer;
    private final byte[][] keys;
    private final int[] partitions;
    private final byte[][] conformant;
    private final BitSet drifted = new BitSet();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    private long[] nextOffsets;
    private long snapshot;
    private long resourceVersion = 1_000_000;
    private int round;

    public FleetWriter(Topics topics, Fleet fleet, String bootstrapServers) {
        this.topics = topics;
        this.fleet = fleet;
        this.nextOffsets = new long[topics.partitions()];
        this.keys = new byte[fleet.workloads()][];
        this.partitions = new int[fleet.workloads()];
        for (int w = 0; w < fleet.workloads(); w++) {
            var id = fleet.workload(w);
            keys[w] = key(topics.observations(), id);
            partitions[w] = Topic.partition(id.toString(), topics.partitions());
        }
        this.conformant = new byte[fleet.instances()][];
        for (int i = 0; i < conformant.length; i++) {
            conformant[i] = value(fleet.observation(i, false));
        }
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        64 << 10,
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        64L << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /// Average length of a pod's observation, in bytes.
    public double averageValueBytes() {
        long sum = 0;
        for (byte[] value : conformant) {
            sum += value.length;
        }
        return (double) sum / conformant.length;
    }

    /// Declares every workload.
    public void declare() {
        var topic = topics.declarations();
        for (int w = 0; w < fleet.workloads(); w++) {
            byte[] value = topic.valueSerde().serializer().serialize(topic.name(), fleet.declaration(w));
            send(new ProducerRecord<>(topic.name(), partitions[w], key(topic, fleet.workload(w)), value), null);
        }
        flush();
    }

    /// Writes snapshots of every target, one after the other, and returns when they are acknowledged.
    ///
    /// @param change what differs from one to the next
    /// @param rounds how many of each target, 1 or more
    public Segment snapshots(Change change, int rounds) {
        long[] from = nextOffsets.clone();
        long changed = 0;
        long stillDrifted = 0;
        for (int r = 0; r < rounds; r++) {
            var before = (BitSet) drifted.clone();
            change.apply(drifted, fleet.instances(), round++);
            var both = (BitSet) before.clone();
            both.and(drifted);
            stillDrifted += both.cardinality();
            before.xor(drifted);
            changed += before.cardinality();
            snapshot++;
            for (int t = 0; t < Fleet.TARGETS; t++) {
                writeTarget(t);
            }
        }
        flush();
        return new Segment(
                rounds, offsets(from), offsets(nextOffsets), (long) rounds * fleet.instances(), changed, stillDrifted);
    }

    private void writeTarget(int t) {
        TargetId target = fleet.targets().get(t);
        long[] counts = new long[topics.partitions()];
        byte[] begin = value(Observation.newBuilder()
                .setBegin(SnapshotBegin.newBuilder().setTarget(target.toString()))
                .build());
        for (int p = 0; p < counts.length; p++) {
            observe(p, null, begin, 0);
        }

        int firstWorkload = t * fleet.workloadsPerTarget();
        int endWorkload = firstWorkload + fleet.workloadsPerTarget();
        for (int w = firstWorkload; w < endWorkload; w++) {
            counts[partitions[w]]++;
            observe(partitions[w], keys[w], value(fleet.status(w)), 1);
        }
        for (int i = firstWorkload * Fleet.PODS_PER_WORKLOAD; i < endWorkload * Fleet.PODS_PER_WORKLOAD; i++) {
            int w = i / Fleet.PODS_PER_WORKLOAD;
            byte[] value = drifted.get(i) ? value(fleet.observation(i, true)) : conformant[i];
            counts[partitions[w]]++;
            observe(partitions[w], keys[w], value, ++resourceVersion);
        }

        for (int p = 0; p < counts.length; p++) {
            byte[] end = value(Observation.newBuilder()
                    .setEnd(SnapshotEnd.newBuilder()
                            .setTarget(target.toString())
                            .setRecordsOnPartition(counts[p])
                            .setInstances(fleet.instances() / Fleet.TARGETS)
                            .setBelievable(true)
                            .setCollector("bench"))
                    .build());
            observe(p, null, end, 0);
        }
    }

    private void observe(int partition, byte @Nullable [] key, byte[] value, long version) {
        var header = new ObservationHeader(
                EPOCH, snapshot, version, System.currentTimeMillis(), ObservationHeader.Source.LIST);
        nextOffsets[partition]++;
        send(
                new ProducerRecord<>(topics.observations().name(), partition, key, value),
                new RecordHeader(ObservationHeader.NAME, header.toBytes()));
    }

    private void send(ProducerRecord<byte @Nullable [], byte[]> record, @Nullable RecordHeader header) {
        if (header != null) {
            record.headers().add(header);
        }
        var _ = producer.send(record, (_, e) -> {
            if (e != null) {
                failure.compareAndSet(null, e);
            }
        });
    }

    private void flush() {
        producer.flush();
        Exception e = failure.get();
        if (e != null) {
            throw new IllegalStateException("the load cannot be written: " + e.getMessage(), e);
        }
    }

    private Map<TopicPartition, Long> offsets(long[] offsets) {
        var map = new HashMap<TopicPartition, Long>();
        for (int p = 0; p < offsets.length; p++) {
            map.put(new TopicPartition(topics.observations().name(), p), offsets[p]);
        }
        return map;
    }

    private byte[] value(Observation observation) {
        var topic = topics.observations();
        return topic.valueSerde().serializer().serialize(topic.name(), observation);
    }

    private static <V> byte[] key(Topic<WorkloadId, V> topic, WorkloadId workload) {
        return topic.keySerde().serializer().serialize(topic.name(), workload);
    }

    @Override
    public void close() {
        producer.close();
    }
}
