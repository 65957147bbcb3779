package dev.snowmelt.cli.scan;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.ScanReport;
import dev.snowmelt.v1.ScanRequest;
import dev.snowmelt.v1.ScanTally;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// Asks for scans and waits for their reports. Not thread-safe.
public final class ScanClient implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(50);
    /// The report is made at the deadline and must still come here before the waiting ends.
    private static final Duration LONGEST_WAY = Duration.ofSeconds(2);
    /// A deadline more than 10 minutes ahead by the broker's clock is refused, and clocks differ.
    private static final Duration LATEST = Duration.ofMinutes(9);

    private final Topics topics;
    private final InstantSource clock;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<@Nullable String, ScanRequest> producer;

    /// Connects when it is first asked.
    public ScanClient(Config.Kafka kafka, InstantSource clock) {
        this.topics = kafka.topics();
        this.clock = clock;
        Map<String, Object> reading = new HashMap<>(kafka.client());
        reading.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        reading.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        reading.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        Map<String, Object> writing = new HashMap<>(kafka.client());
        writing.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        writing.put(ProducerConfig.ACKS_CONFIG, "all");
        writing.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        writing.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        writing.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        producer = new KafkaProducer<>(
                writing,
                topics.scanRequests().keySerde().serializer(),
                topics.scanRequests().valueSerde().serializer());
    }

    /// How the waiting ended.
    public sealed interface Asked {
        /// With a report.
        ///
        /// @param report as it came
        record Answered(ScanReport report) implements Asked {}

        /// With none.
        ///
        /// @param scan its id
        /// @param request what was asked
        /// @param at when it was asked
        /// @param tallied how far it had come
        record Unanswered(RecordId scan, ScanRequest request, Instant at, Tallied tallied) implements Asked {}
    }

    /// Writes a request and waits for its report.
    ///
    /// @param wait for the report; the request's deadline is a little earlier
    /// @param progress is told often how far it has come
    /// @throws CliException when the broker does not take the request
    public Asked ask(ScanRequest.Scope scope, String by, Duration wait, Consumer<Tallied> progress)
            throws InterruptedException {
        // Before the request is written, so that no answer can be missed.
        Map<TopicPartition, Long> ends = consumer.endOffsets(Stream.of(topics.scanTallies(), topics.scanReports())
                .flatMap(topic -> IntStream.range(0, topic.partitions())
                        .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
                .toList());
        Instant at = clock.instant();
        ScanRequest request = ScanRequest.newBuilder()
                .setScope(scope)
                .setBy(by)
                .setDeadline(Timestamps.fromMillis(at.plus(until(wait)).toEpochMilli()))
                .build();
        RecordId scan = publish(request);
        follow(ends, scan);
        return await(new Following(scan, request, at), wait, progress);
    }

    private static Duration until(Duration wait) {
        Duration quarter = wait.dividedBy(4);
        Duration until = wait.minus(quarter.compareTo(LONGEST_WAY) < 0 ? quarter : LONGEST_WAY);
        return until.compareTo(LATEST) < 0 ? until : LATEST;
    }

    /// Tallies and reports of one scan lie on the same partition of their topics.
    private void follow(Map<TopicPartition, Long> ends, RecordId scan) {
        Integer partition = topics.scanTallies().partitionOf(scan);
        Set<TopicPartition> followed = new HashSet<>();
        ends.keySet().stream()
                .filter(each -> partition == null || each.partition() == partition)
                .forEach(followed::add);
        consumer.assign(followed);
        followed.forEach(each -> consumer.seek(each, ends.getOrDefault(each, 0L)));
    }

    private RecordId publish(ScanRequest request) throws InterruptedException {
        try {
            RecordMetadata at = producer.send(
                            new ProducerRecord<>(topics.scanRequests().name(), request))
                    .get();
            return new RecordId(at.partition(), at.offset());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CliException("Kafka did not take the request for a scan: " + cause.getMessage());
        }
    }

    private Asked await(Following following, Duration wait, Consumer<Tallied> progress) {
        Instant end = following.at.plus(wait);
        while (clock.instant().isBefore(end)) {
            progress.accept(following.tallied());
            consumer.poll(POLL).forEach(record -> following.take(record.topic(), record.key(), record.value()));
            if (following.report != null) {
                return new Asked.Answered(following.report);
            }
        }
        return new Asked.Unanswered(following.scan, following.request, following.at, following.tallied());
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
        // It belongs to no group; otherwise it waits half a second for a fetch that has nothing to bring.
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }

    /// What is known of one scan while it goes on.
    private final class Following {
        private final RecordId scan;
        private final ScanRequest request;
        private final Instant at;
        private final SortedMap<String, Set<Integer>> counted = new TreeMap<>();
        private @Nullable ScanReport report;

        Following(RecordId scan, ScanRequest request, Instant at) {
            this.scan = scan;
            this.request = request;
            this.at = at;
            request.getScope().getTargetsList().forEach(target -> counted.put(target, new HashSet<>()));
            request.getScope()
                    .getWorkloadsList()
                    .forEach(workload ->
                            counted.put(WorkloadId.parse(workload).target().toString(), new HashSet<>()));
        }

        Tallied tallied() {
            SortedMap<String, Integer> answered = new TreeMap<>();
            counted.forEach((target, partitions) -> answered.put(target, partitions.size()));
            ScanRequest.Scope scope = request.getScope();
            return new Tallied(
                    scan.toString(),
                    Duration.between(at, clock.instant()),
                    topics.partitions(),
                    answered,
                    scope.getTargetsCount() == 0 && scope.getWorkloadsCount() == 0);
        }

        void take(String topic, byte @Nullable [] key, byte @Nullable [] value) {
            try {
                if (key == null
                        || value == null
                        || !scan.equals(
                                topics.scanReports().keySerde().deserializer().deserialize(topic, key))) {
                    return;
                }
                if (topic.equals(topics.scanReports().name())) {
                    report = topics.scanReports().valueSerde().deserializer().deserialize(topic, value);
                } else {
                    ScanTally tally =
                            topics.scanTallies().valueSerde().deserializer().deserialize(topic, value);
                    counted.computeIfAbsent(tally.getTarget(), _ -> new HashSet<>())
                            .add(tally.getPartition());
                }
            } catch (SerializationException _) {
                // Somebody else's garbage; the report that is waited for is not in it.
            }
        }
    }
}
