package dev.snowmelt.bench.latency;

import dev.snowmelt.bench.fleet.Fleet;
import dev.snowmelt.bench.measure.Latencies;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Observation;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;

/// What is measured: a pod's image changes, and the detector says so. Every observation is a change with a verdict.
final class VerdictTrip implements AutoCloseable {
    private static final long EPOCH = 1;

    private final Topics topics;
    private final Fleet fleet;
    private final KafkaProducer<WorkloadId, Observation> producer;
    private final Arrivals arrivals;
    private final OpenLoop load;
    private final BitSet drifted = new BitSet();
    private int next;
    private long resourceVersion = 1_000_000_000;

    VerdictTrip(Topics topics, Fleet fleet, String bootstrapServers, OpenLoop load) {
        this.topics = topics;
        this.fleet = fleet;
        this.load = load;
        this.arrivals = new Arrivals(topics.verdicts().name(), topics.partitions(), bootstrapServers);
        this.producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers, ProducerConfig.LINGER_MS_CONFIG, 0),
                topics.observations().keySerde().serializer(),
                topics.observations().valueSerde().serializer());
    }

    Latencies measure(Duration duration, Duration limit) {
        load.run(duration, (_, due) -> change(due));
        return arrivals.collect(limit);
    }

    /// Changes the next pod, all pods in turn, so that its verdict is in before it is its turn again.
    private void change(long due) {
        // A step that is coprime to the number of pods: neighbours in time are not neighbours in the store.
        next = (next + 7919) % fleet.instances();
        var workload = fleet.workload(next / Fleet.PODS_PER_WORKLOAD);
        arrivals.announce(new SubjectKey.OfInstance(workload, fleet.instance(next)).toString(), due);
        drifted.flip(next);
        var record = topics.observations().record(workload, fleet.observation(next, drifted.get(next)));
        new ObservationHeader(EPOCH, 0, ++resourceVersion, System.currentTimeMillis(), ObservationHeader.Source.WATCH)
                .addTo(record.headers());
        var _ = producer.send(record);
    }

    @Override
    public void close() {
        producer.close();
        arrivals.close();
    }
}
