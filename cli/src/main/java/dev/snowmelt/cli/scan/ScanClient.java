package dev.snowmelt.cli.scan;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.cli.CliException;
import dev.snowmelt.cli.config.Config;
import dev.snowmelt.schemas.id.RecordId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.schemas.topic.Topic;
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
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// Asks for scans and waits for their reports.
public final class ScanClient {
    private static final Duration POLL = Duration.ofMillis(50);
    /// The report is made at the deadline and must still come here before the waiting ends.
    private static final Duration LONGEST_WAY = Duration.ofSeconds(2);

    private final Config.Kafka kafka;
    private final Topics topics;
    private final InstantSource clock;

    public ScanClient(Config.Kafka kafka, InstantSource clock) {
        this.kafka = kafka;
        this.topics = kafka.topics();
        this.clock = clock;
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
        Map<String, Object> config = new HashMap<>(kafka.client());
        config.put("bootstrap.servers", kafka.bootstrapServers());
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            // Before the request is written, so that no answer can be missed.
            Map<TopicPartition, Long> ends = consumer.endOffsets(Stream.of(topics.scanTallies(), topics.scanReports())
                    .flatMap(topic -> IntStream.range(0, topic.partitions())
                            .mapToObj(partition -> new TopicPartition(topic.name(), partition)))
                    .toList());
            Instant at = clock.instant();
            ScanRequest request = ScanRequest.newBuilder()
                    .setScope(scope)
                    .setBy(by)
                    .setDeadline(Timestamps.fromMillis(
                            at.plus(wait).minus(way(wait)).toEpochMilli()))
                    .build();
            RecordId scan = publish(request);
            follow(consumer, ends, topics.scanTallies(), scan);
            return await(consumer, new Following(scan, request, at), wait, progress);
        }
    }

    private static Duration way(Duration wait) {
        Duration quarter = wait.dividedBy(4);
        return quarter.compareTo(LONGEST_WAY) < 0 ? quarter : LONGEST_WAY;
    }

    /// Tallies and reports of one scan each lie on one partition, and on the same one.
    private void follow(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> ends,
            Topic<RecordId, ScanTally> topic,
            RecordId scan) {
        Integer partition = topic.partitionOf(scan);
        Set<TopicPartition> followed = new HashSet<>();
        ends.keySet().stream()
                .filter(each -> partition == null || each.partition() == partition)
                .forEach(followed::add);
        consumer.assign(followed);
        followed.forEach(each -> consumer.seek(each, ends.getOrDefault(each, 0L)));
    }

    private RecordId publish(ScanRequest request) throws InterruptedException {
        Topic<?, ScanRequest> topic = topics.scanRequests();
        Map<String, Object> config = new HashMap<>(kafka.client());
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 15_000);
        try (var producer = new KafkaProducer<>(
                config,
                topics.scanRequests().keySerde().serializer(),
                topic.valueSerde().serializer())) {
            RecordMetadata at = producer.send(new ProducerRecord<>(topic.name(), request))
                    .get();
            return new RecordId(at.partition(), at.offset());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CliException("Kafka did not take the request for a scan: " + cause.getMessage());
        }
    }

    private Asked await(
            KafkaConsumer<byte[], byte[]> consumer, Following following, Duration wait, Consumer<Tallied> progress) {
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
                        || !scan.equals(topics.scanReports().keySerde().deserializer().deserialize(topic, key))) {
                    return;
                }
                if (topic.equals(topics.scanReports().name())) {
                    report = topics.scanReports().valueSerde().deserializer().deserialize(topic, value);
                } else {
                    ScanTally tally = topics.scanTallies().valueSerde().deserializer().deserialize(topic, value);
                    counted.computeIfAbsent(tally.getTarget(), _ -> new HashSet<>())
                            .add(tally.getPartition());
                }
            } catch (SerializationException _) {
                // Somebody else's garbage; the report that is waited for is not in it.
            }
        }
    }
}
