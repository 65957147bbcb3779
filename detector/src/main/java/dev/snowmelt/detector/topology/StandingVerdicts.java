package dev.snowmelt.detector.topology;

import dev.snowmelt.schemas.id.MalformedIdException;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.topic.ObservationHeader;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.ToldBefore;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// What stands in `verdicts` is said again in `observations`, as [ToldBefore], when the stores that
/// knew it are lost: who vanished meanwhile would stand there for ever otherwise, because only a
/// store says what a snapshot misses.
///
/// Verdicts lie by target, what the stores know lies by workload: so each is handed over through
/// the log, and from then on restarts and takeovers do with it what they do with every observation.
/// To say it twice changes nothing.
final class StandingVerdicts {
    private static final byte[] NO_VALUE = {};

    private final Topics topics;
    private final Map<String, Object> clients;
    private final TopicEnds ends;
    private final TopicReader reader;
    private final InstantSource clock;

    /// @param clients how brokers are reached
    StandingVerdicts(
            Topics topics, Map<String, Object> clients, TopicEnds ends, TopicReader reader, InstantSource clock) {
        this.topics = topics;
        this.clients = clients;
        this.ends = ends;
        this.reader = reader;
        this.clock = clock;
    }

    /// Reads all verdicts twice, a partition after the other: what keys stand there, in about 26
    /// bytes each, then the keys themselves. Returns when brokers hold all that it says.
    ///
    /// @return of how many instances and workloads
    /// @throws KafkaException when it could not read or write all of it
    long sayAgain() {
        long said = 0;
        for (int partition = 0; partition < topics.partitions(); partition++) {
            var verdicts = new TopicPartition(topics.verdicts().name(), partition);
            long end = ends.of(verdicts);
            if (end > 0) {
                said += sayAgain(verdicts, end);
            }
        }
        return said;
    }

    private long sayAgain(TopicPartition verdicts, long end) {
        var hash = new FacetHash(new SecureRandom().nextLong());
        var newest = new FacetIndex();
        reader.read(verdicts, 0, end, (offset, _, key, value) -> {
            if (key != null && value == null) {
                newest.remove(hash.of(key, NO_VALUE));
            } else if (key != null) {
                newest.put(hash.of(key, NO_VALUE), offset);
            }
        });
        if (newest.size() == 0) {
            return 0;
        }
        var failed = new AtomicReference<@Nullable Exception>();
        long[] said = new long[1];
        try (var producer = producer()) {
            reader.read(verdicts, 0, end, (offset, _, key, value) -> {
                if (key != null && newest.mark(hash.of(key, NO_VALUE)) == offset) {
                    ProducerRecord<byte[], byte[]> record = toldBefore(key);
                    if (record != null) {
                        said[0]++;
                        var _ = producer.send(record, (_, e) -> failed.compareAndSet(null, e));
                    }
                }
            });
            producer.flush();
        }
        Exception e = failed.get();
        if (e != null) {
            throw new KafkaException(
                    "what stands in " + verdicts + " cannot be written to "
                            + topics.observations().name(),
                    e);
        }
        return said[0];
    }

    private KafkaProducer<byte[], byte[]> producer() {
        var config = new HashMap<>(clients);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /// Null: it is about a snapshot, or no key at all.
    private @Nullable ProducerRecord<byte[], byte[]> toldBefore(byte[] key) {
        String workload;
        String instance;
        try {
            switch (SubjectKey.parse(Keys.text(key))) {
                case SubjectKey.OfInstance of -> {
                    workload = of.workload().toString();
                    instance = of.instance().toString();
                }
                case SubjectKey.OfWorkload of -> {
                    workload = of.workload().toString();
                    instance = "";
                }
                case SubjectKey.OfSnapshot _ -> {
                    return null;
                }
            }
        } catch (MalformedIdException _) {
            return null;
        }
        byte[] by = Keys.utf8(workload);
        byte[] value = Observation.newBuilder()
                .setToldBefore(ToldBefore.newBuilder().setInstance(instance))
                .build()
                .toByteArray();
        int partition = Keys.partition(by, by.length, topics.partitions());
        var record = new ProducerRecord<>(topics.observations().name(), partition, by, value);
        new ObservationHeader(0, 0, 0, clock.millis(), ObservationHeader.Source.WATCH).addTo(record.headers());
        return record;
    }
}
