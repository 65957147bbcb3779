package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.SOON;
import static dev.snowmelt.detector.collect.kubernetes.KubernetesCollectorIT.CART;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/// Design §9: a collector's memory is flat in the number of pods, 32 bytes each at most.
class CollectorMemoryIT {
    private static final int FEW = 500;
    private static final int MANY = 10_000;
    /// What else lives in this process (a broker, the simulated cluster's server, what earlier tests left) is let go
    /// when it pleases; what a collector holds is there each time.
    private static final int ATTEMPTS = 3;

    private static final long NOISE_BYTES = 1L * 1024 * 1024;

    private record Live(long objects, long bytes) {
        Live minus(Live other) {
            return new Live(objects - other.objects, bytes - other.bytes);
        }
    }

    /// Bytes are too noisy for a bound of 32 a pod, but one object a pod would be seen at once.
    @Test
    void keepsNothingOfThePodsThatItSaw() throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(1)) {
            held(kafka, FEW);
            Live few = held(kafka, FEW);

            Live more = held(kafka, MANY).minus(few);
            for (int attempt = 1; attempt < ATTEMPTS && !flat(more); attempt++) {
                more = held(kafka, MANY).minus(few);
            }

            assertThat(more).matches(CollectorMemoryIT::flat, "flat");
        }
    }

    private static boolean flat(Live more) {
        return more.objects() < (MANY - FEW) / 2 && more.bytes() < 32 * (MANY - FEW) + NOISE_BYTES;
    }

    /// What a collector of so many pods keeps from being collected: what its end sets free.
    private static Live held(EmbeddedKafka kafka, int pods) throws Exception {
        try (SimulatedCluster cluster = SimulatedCluster.builder().start()) {
            cluster.freezeControllers();
            cluster.workloads().loadDeployment("shop", "cart", CART, pods);
            Live with = liveWhileCollecting(kafka, cluster);
            return with.minus(live("Total"));
        }
    }

    private static Live liveWhileCollecting(EmbeddedKafka kafka, SimulatedCluster cluster) throws Exception {
        try (CollectorFixture fixture = new CollectorFixture(kafka)) {
            KubernetesCollector collector = fixture.collector(cluster.kubernetesConfig());
            collector.start();
            await().atMost(SOON.multipliedBy(3))
                    .untilAsserted(
                            () -> assertThat(collector.health().state()).isEqualTo(CollectorHealth.State.WATCHING));
            assertThat(fixture.log.isEmptySoFar()).isTrue();
            assertThat(live("io.fabric8.kubernetes.api.model.Pod").objects())
                    .as("live pods")
                    .isLessThan(20);
            assertThat(live("dev.snowmelt.v1.InstanceObserved").objects())
                    .as("live observations")
                    .isLessThan(20);
            return live("Total");
        }
    }

    /// Counts a class's objects (or all) after a full collection.
    private static Live live(String type) throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Matcher line = Pattern.compile(
                        "(?m)^(?: *\\d+: +(\\d+) +(\\d+) +" + Pattern.quote(type) + "(?: .*)?|Total +(\\d+) +(\\d+))$")
                .matcher(histogram);
        while (line.find()) {
            boolean total = line.group(3) != null;
            if (total == type.equals("Total")) {
                return new Live(Long.parseLong(line.group(total ? 3 : 1)), Long.parseLong(line.group(total ? 4 : 2)));
            }
        }
        return new Live(0, 0);
    }
}
