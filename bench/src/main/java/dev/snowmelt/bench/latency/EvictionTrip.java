package dev.snowmelt.bench.latency;

import dev.snowmelt.bench.measure.BenchException;
import dev.snowmelt.bench.measure.Latencies;
import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.kubernetes.KubernetesCluster;
import dev.snowmelt.detector.collect.kubernetes.KubernetesCollectorSettings;
import dev.snowmelt.detector.topology.Detector;
import dev.snowmelt.detector.topology.DetectorSettings;
import dev.snowmelt.remediator.execute.Executor;
import dev.snowmelt.remediator.execute.ExecutorSettings;
import dev.snowmelt.remediator.execute.kubernetes.KubernetesPlatform;
import dev.snowmelt.remediator.topology.Planner;
import dev.snowmelt.remediator.topology.PlannerSettings;
import dev.snowmelt.sandbox.cluster.Ledger;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.topic.Topics;
import dev.snowmelt.streams.StreamsSettings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// The whole loop but the registrar, which stands beside the way: a pod's status changes at the API
/// server, the collector sees it, the detector judges, the planner decides, the executor looks once
/// more and asks for the eviction.
///
/// Each drift is of another workload, and they are too few at a time to stop the target, so that no
/// guard holds any.
final class EvictionTrip implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(5);
    private static final long LOOK_EVERY = 5_000_000;

    private final TargetId target = TargetId.parse("k8s:bench");
    private final EvictionFleet fleet;
    private final SimulatedCluster cluster;
    private final KubernetesClient collectorsClient;
    private final KubernetesClient executorsClient;
    private final Collector collector;
    private final Detector detector;
    private final Planner planner;
    private final Executor executor;
    private final Map<String, Long> due = new ConcurrentHashMap<>();
    private final Latencies latencies = new Latencies();
    private int next;

    /// @param topics made and empty
    /// @param state an empty folder for the stores
    EvictionTrip(Topics topics, String bootstrapServers, Path state, int workloads) {
        Map<String, Object> kafka = Map.of("bootstrap.servers", bootstrapServers);
        cluster = SimulatedCluster.builder()
                .nodes(3)
                .startDelay(Duration.ofMillis(100))
                .terminationDelay(Duration.ofMillis(100))
                .start();
        fleet = new EvictionFleet(target, cluster, workloads);
        collectorsClient = client();
        executorsClient = client();
        collector = KubernetesCluster.collector(
                KubernetesCollectorSettings.of(target, "bench", EvictionFleet.NAMESPACE),
                collectorsClient,
                kafka,
                topics,
                InstantSource.system(),
                new SimpleMeterRegistry());
        detector = new Detector(
                topics,
                DetectorSettings.DEFAULT,
                StreamsSettings.of(bootstrapServers, state.resolve("detector"))
                        .withRocksMemory(Detector.ROCKS_MEMORY_BYTES),
                new SimpleMeterRegistry());
        planner = new Planner(
                topics,
                PlannerSettings.defaults(),
                StreamsSettings.of(bootstrapServers, state.resolve("planner")),
                new SimpleMeterRegistry());
        executor = new Executor(
                topics,
                ExecutorSettings.of(topics.id("executor"), kafka),
                Map.of(target, KubernetesPlatform.of(executorsClient, CALL_TIMEOUT)),
                InstantSource.system(),
                new SimpleMeterRegistry());
    }

    private KubernetesClient client() {
        return new KubernetesClientBuilder()
                .withConfig(KubernetesPlatform.withoutRetries(cluster.kubernetesConfig()))
                .build();
    }

    /// Creates the workloads, declares them, starts the roles and waits until they are ready.
    void start(Topics topics, String bootstrapServers) throws InterruptedException {
        fleet.create();
        try {
            cluster.awaitSettled(START_LIMIT);
        } catch (TimeoutException e) {
            throw new BenchException("the simulated cluster does not settle", e);
        }
        fleet.declare(topics, bootstrapServers);
        cluster.ledger().onWrite(this::written);
        detector.start();
        planner.start();
        executor.start();
        collector.start();
        await(
                "the roles to be ready",
                () -> detector.unready().isEmpty()
                        && planner.unready().isEmpty()
                        && executor.health().ready()
                        && collector.health().ready());
    }

    /// Drifts one pod after the other at a fixed pace.
    ///
    /// @return latencies from the status at the API server to the answered eviction request
    Latencies measure(OpenLoop load, Duration duration) {
        load.run(duration, (_, at) -> drift(at));
        await("the last eviction", due::isEmpty);
        synchronized (latencies) {
            var copy = new Latencies();
            copy.addAll(latencies);
            latencies.clear();
            return copy;
        }
    }

    private void drift(long at) {
        String pod = fleet.anyPodOf(next);
        due.put(pod, at);
        fleet.drift(next, pod);
        next = (next + 1) % fleet.workloads();
    }

    /// On the thread that serves the request.
    private void written(Ledger.Entry entry) {
        if (!entry.resource().equals("pods/eviction")) {
            return;
        }
        Long at = due.remove(entry.name());
        if (at != null) {
            synchronized (latencies) {
                latencies.add(System.nanoTime() - at);
            }
        }
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new BenchException("waited in vain for " + what + ": detector " + detector.unready()
                        + ", planner "
                        + planner.unready() + ", executor " + executor.health() + ", collector " + collector.health()
                        + ", not evicted " + due.keySet());
            }
            LockSupport.parkNanos(LOOK_EVERY);
        }
    }

    @Override
    public void close() {
        collector.close();
        executor.close();
        planner.close();
        detector.close();
        executorsClient.close();
        collectorsClient.close();
        cluster.close();
    }
}
