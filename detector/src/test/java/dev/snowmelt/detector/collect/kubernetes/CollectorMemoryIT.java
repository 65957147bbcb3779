package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.SOON;
import static dev.snowmelt.detector.collect.kubernetes.KubernetesCollectorIT.CART;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.CollectorHealth;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/// Design §9: a collector's memory is flat in the number of pods, 32 bytes each at most.
class CollectorMemoryIT {
    private static final int FEW = 500;
    private static final int MANY = 10_000;
    /// What else lives in this process (a broker, the simulated cluster's server, what earlier
    /// tests left) is let go when it pleases; what a collector holds is there each time.
    private static final int ATTEMPTS = 3;

    private static final long NOISE_BYTES = 1024 * 1024;
    /// Network buffers of everything in this process: an object a pod would be seen here too, but
    /// not bytes.
    private static final String BYTES = "[B";
    /// What a collection leaves where dead objects were not worth moving the others for.
    private static final String HOLES = "[Ljdk.internal.vm.FillerElement;";

    /// Objects that come and go while nothing happens.
    private static final long QUIET = 500;

    private record Live(long objects, long bytes) {}

    @Test
    void keepsNothingOfThePodsThatItSaw() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(1)) {
            // What is made once and however few there are, a JSON mapper's knowledge of types for example, is not
            // always made by the time it is counted.
            Map<String, Live> few = held(kafka, FEW);
            for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
                held(kafka, FEW).forEach((type, again) -> few.merge(type, again, CollectorMemoryIT::more));
            }

            List<String> grown = grown(few, held(kafka, MANY));
            for (int attempt = 1; attempt < ATTEMPTS && !grown.isEmpty(); attempt++) {
                grown = grown(few, held(kafka, MANY));
            }

            assertThat(grown).as("classes of which more lives with more pods").isEmpty();
        }
    }

    private static Live more(Live one, Live other) {
        return new Live(Math.max(one.objects(), other.objects()), Math.max(one.bytes(), other.bytes()));
    }

    private static List<String> grown(Map<String, Live> few, Map<String, Live> many) {
        List<String> grown = new ArrayList<>();
        many.forEach((type, more) -> {
            Live less = few.getOrDefault(type, new Live(0, 0));
            boolean objects = more.objects() - less.objects() > (MANY - FEW) / 2;
            boolean bytes = more.bytes() - less.bytes() > 32 * (MANY - FEW) + NOISE_BYTES;
            if ((objects || (bytes && !type.equals(BYTES))) && !type.equals(HOLES)) {
                grown.add(type + " " + less + " " + more);
            }
        });
        return grown;
    }

    /// What a collector of so many pods keeps from being collected, by class.
    private static Map<String, Live> held(EmbeddedKafka kafka, int pods) throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.builder().start();
                CollectorFixture fixture = new CollectorFixture(kafka)) {
            cluster.freezeControllers();
            cluster.freezeKubelets();
            cluster.workloads().loadDeployment("shop", "cart", CART, pods);
            readOnce(cluster);
            Map<String, Live> before = quiet();
            Collector collector = fixture.collector(cluster.kubernetesConfig());
            collector.start();
            await().atMost(SOON.multipliedBy(3))
                    .untilAsserted(
                            () -> assertThat(collector.health().state()).isEqualTo(CollectorHealth.State.WATCHING));
            assertThat(fixture.log.isEmptySoFar()).isTrue();
            Map<String, Live> held = quiet();
            before.forEach((type, less) -> held.computeIfPresent(
                    type, (_, with) -> new Live(with.objects() - less.objects(), with.bytes() - less.bytes())));
            assertThat(collector.health().state()).isEqualTo(CollectorHealth.State.WATCHING);
            return held;
        }
    }

    /// The simulated cluster keeps the bytes of what it was asked for: let it do so before anything
    /// is measured.
    private static void readOnce(SimulatedCluster cluster) throws ApiException {
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(cluster.kubernetesConfig())
                .build()) {
            new ApiClient(client, SOON).list(ApiResource.PODS, null, _ -> {});
        }
    }

    /// Counts when nothing is being made any more.
    private static Map<String, Live> quiet() {
        var last = new AtomicReference<Map<String, Live>>(Map.of());
        await().atMost(SOON).pollInterval(Duration.ofMillis(500)).until(() -> {
            Map<String, Live> now = live();
            return Math.abs(objects(now) - objects(last.getAndSet(now))) < QUIET;
        });
        return Objects.requireNonNull(last.get());
    }

    private static long objects(Map<String, Live> live) {
        return live.values().stream().mapToLong(Live::objects).sum();
    }

    /// Counts all objects by class after a full collection.
    private static Map<String, Live> live() throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Map<String, Live> byClass = new HashMap<>();
        Matcher line = Pattern.compile("(?m)^ *\\d+: +(\\d+) +(\\d+) +(\\S+)").matcher(histogram);
        while (line.find()) {
            byClass.put(line.group(3), new Live(Long.parseLong(line.group(1)), Long.parseLong(line.group(2))));
        }
        return byClass;
    }
}
