package dev.snowmelt.bench.memory;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Results;
import dev.snowmelt.bench.measure.Scratch;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.schemas.id.SubjectKey;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.v1.Verdict;
import dev.snowmelt.v1.VerdictRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// A whole `up`, with its embedded broker, in front of a large cluster: does it live in a bounded heap, and what does
/// it
/// take of the machine's memory?
public final class UpMemory {
    static final String TARGET = "k8s:bench";

    private static final int PODS_PER_DEPLOYMENT = 20;
    private static final String IMAGE = "registry.example/shop/app:1@sha256:" + "a".repeat(64);
    private static final Duration POLL = Duration.ofMillis(500);
    /// Long enough that what judging took is given back, or will not be.
    private static final long REST_SECONDS = 20;

    private final Results results;
    private final int instances;
    private final String heap;
    private final Duration limit;

    /// @param heap of the measured process, as `-Xmx` takes it
    /// @param limit until when every pod must have been judged
    public UpMemory(Results results, int instances, String heap, Duration limit) {
        this.results = results;
        this.instances = instances;
        this.heap = heap;
        this.limit = limit;
    }

    /// @throws BenchException when it ends, or does not judge every pod in time
    public void run() throws IOException, InterruptedException {
        int port = freePort();
        try (var folder = Scratch.folder();
                var cluster = SimulatedCluster.builder().nodes(3).start()) {
            cluster.workloads().namespace("snowmelt");
            cluster.freezeControllers();
            int deployments = Math.ceilDiv(instances, PODS_PER_DEPLOYMENT);
            for (int i = 0; i < deployments; i++) {
                cluster.workloads().loadDeployment("team-" + i % 50, "app-" + i, IMAGE, PODS_PER_DEPLOYMENT);
            }
            var kubeconfig = folder.path().resolve("kubeconfig");
            cluster.writeKubeconfig(kubeconfig);
            int pods = deployments * PODS_PER_DEPLOYMENT;
            results.say("a cluster of %,d pods in %,d Deployments; up with a heap of %s"
                    .formatted(pods, deployments, heap));
            long started = System.nanoTime();
            try (var up = UpProcess.start(heap, folder.path(), kubeconfig, port)) {
                awaitVerdicts(up, "127.0.0.1:" + port, pods);
                measure(up, started);
            }
        }
    }

    private void measure(UpProcess up, long started) throws IOException, InterruptedException {
        results.figure("memory.up.judged", (System.nanoTime() - started) / 1e9, "s", "-");
        TimeUnit.SECONDS.sleep(REST_SECONDS);
        up.requireAlive();
        var resident = up.resident();
        results.figure("memory.up.rss", resident.now(), "MiB", "-");
        results.figure("memory.up.rss.peak", resident.peak(), "MiB", "-");
        results.figure("memory.up.heap.live", up.liveHeap(), "MiB", "< 512");
    }

    private static void read(KafkaConsumer<SubjectKey, VerdictRecord> consumer, Set<SubjectKey> conformant) {
        for (ConsumerRecord<SubjectKey, VerdictRecord> record : consumer.poll(POLL)) {
            if (record.value() != null
                    && record.value().hasInstance()
                    && record.value().getInstance().getState() == Verdict.State.CONFORMANT) {
                conformant.add(record.key());
            }
        }
    }

    private void awaitVerdicts(UpProcess up, String bootstrapServers, int pods) throws IOException {
        var verdicts = new Topics(Topics.DEFAULT_PREFIX, Topics.DEFAULT_PARTITIONS).verdicts();
        var conformant = new HashSet<SubjectKey>();
        long deadline = System.nanoTime() + limit.toNanos();
        try (var consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                verdicts.keySerde().deserializer(),
                verdicts.valueSerde().deserializer())) {
            consumer.assign(IntStream.range(0, verdicts.partitions())
                    .mapToObj(partition -> new TopicPartition(verdicts.name(), partition))
                    .toList());
            while (conformant.size() < pods) {
                up.requireAlive();
                if (System.nanoTime() > deadline) {
                    throw new BenchException("within " + limit.toSeconds() + " s only " + conformant.size() + " of "
                            + pods + " pods were judged conformant");
                }
                read(consumer, conformant);
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
