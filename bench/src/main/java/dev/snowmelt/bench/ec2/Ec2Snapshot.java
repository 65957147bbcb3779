package dev.snowmelt.bench.ec2;

import com.google.protobuf.util.Timestamps;
import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorSettings;
import dev.snowmelt.detector.collect.OnlyCollector;
import dev.snowmelt.detector.collect.Reuse;
import dev.snowmelt.detector.collect.ec2.Ec2Account.Clients;
import dev.snowmelt.detector.collect.ec2.Ec2CollectorSettings;
import dev.snowmelt.detector.collect.ec2.Ec2CollectorSettings.Pages;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.ScanRequest;
import dev.snowmelt.v1.SnapshotEnd;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/// The collector of an account as it runs in production, without a queue, and somebody who asks it
/// for snapshots.
final class Ec2Snapshot implements AutoCloseable {
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration LONGEST = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(5);

    private final TargetId target;
    private final Topics topics;
    private final int instances;
    private final Collector collector;
    private final KafkaConsumer<byte[], byte[]> observations;
    private final KafkaProducer<@Nullable String, ScanRequest> requests;

    Ec2Snapshot(TargetId target, Clients clients, String bootstrapServers, Topics topics, int instances) {
        this.target = target;
        this.topics = topics;
        this.instances = instances;
        Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrapServers);
        collector = dev.snowmelt.detector.collect.ec2.Ec2Account.collector(
                settings(target),
                clients,
                new OnlyCollector(),
                kafka,
                topics,
                InstantSource.system(),
                new SimpleMeterRegistry());
        observations = new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var partitions = IntStream.range(0, topics.partitions())
                .mapToObj(partition -> new TopicPartition(topics.observations().name(), partition))
                .toList();
        observations.assign(partitions);
        observations.seekToBeginning(partitions);
        requests = new KafkaProducer<>(
                kafka,
                topics.scanRequests().keySerde().serializer(),
                topics.scanRequests().valueSerde().serializer());
    }

    /// Its own, but that it never lists unasked, and never answers by the snapshot that it has.
    private static Ec2CollectorSettings settings(TargetId target) {
        var usual = Ec2CollectorSettings.of(target, "bench", NEVER, NEVER, Optional.empty(), false);
        CollectorSettings collecting = usual.collecting();
        return new Ec2CollectorSettings(
                new CollectorSettings(
                        target,
                        collecting.collector(),
                        collecting.kind(),
                        NEVER,
                        collecting.confirmation(),
                        Reuse.of(Duration.ZERO),
                        collecting.version()),
                usual.queue(),
                usual.userData(),
                usual.statusChecks(),
                new Pages(Pages.LARGEST.groups(), Ec2Account.PAGE),
                usual.gather(),
                usual.again(),
                usual.hold());
    }

    /// Starts it and waits for the snapshot that it begins with.
    void start() {
        collector.start();
        awaitEnd("");
    }

    /// One snapshot.
    ///
    /// @return from asking for it to having read its END on every partition, in nanoseconds
    long run() {
        long start = System.nanoTime();
        awaitEnd(ask());
        return System.nanoTime() - start;
    }

    private String ask() {
        var request = ScanRequest.newBuilder()
                .setScope(ScanRequest.Scope.newBuilder().addTargets(target.toString()))
                .setBy("bench")
                .setDeadline(Timestamps.fromMillis(System.currentTimeMillis() + LONGEST.toMillis()))
                .build();
        try {
            var at = requests.send(new ProducerRecord<>(topics.scanRequests().name(), request))
                    .get();
            return at.partition() + "-" + at.offset();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        } catch (ExecutionException e) {
            throw new BenchException("Kafka did not take the request", e);
        }
    }

    private void awaitEnd(String scan) {
        long end = System.nanoTime() + LONGEST.toNanos();
        Set<Integer> ended = new HashSet<>();
        while (ended.size() < topics.partitions()) {
            if (System.nanoTime() > end) {
                throw new BenchException("waited in vain for a snapshot: " + collector.health());
            }
            for (var record : observations.poll(POLL)) {
                Observation seen =
                        topics.observations().valueSerde().deserializer().deserialize("", record.value());
                if (seen.hasEnd() && seen.getEnd().getScan().equals(scan)) {
                    check(seen.getEnd());
                    ended.add(record.partition());
                }
            }
        }
    }

    private void check(SnapshotEnd end) {
        if (!end.getBelievable() || end.getInstances() != instances) {
            throw new BenchException("the snapshot is not of " + instances + " instances: " + end);
        }
    }

    @Override
    public void close() {
        collector.close();
        observations.close();
        requests.close();
    }
}
