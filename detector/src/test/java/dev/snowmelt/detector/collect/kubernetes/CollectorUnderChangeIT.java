package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.SOON;
import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.TARGET;
import static dev.snowmelt.detector.collect.kubernetes.KubernetesCollectorIT.CART;
import static dev.snowmelt.detector.collect.kubernetes.KubernetesCollectorIT.OTHER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.ObservationLog;
import dev.snowmelt.detector.collect.ObservationLog.Entry;
import dev.snowmelt.fingerprint.kubernetes.PodFingerprint;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Observation.WhatCase;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Snapshots and watches run side by side without an order between them: by the detector's rules they must
/// still come
/// to what the cluster has.
class CollectorUnderChangeIT {
    private static final Duration CHURN = Duration.ofSeconds(6);

    @ParameterizedTest
    @CsvSource({"true,11", "false,12"})
    void tellsWhatTheClusterHasWhateverHappensDuringSnapshots(boolean streamedLists, long seed) throws Exception {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(1);
                SimulatedCluster cluster = SimulatedCluster.builder()
                        .startDelay(Duration.ofMillis(10))
                        .terminationDelay(Duration.ofMillis(10))
                        .bookmarkInterval(Duration.ofMillis(100))
                        .watchList(streamedLists)
                        .start();
                CollectorFixture fixture = new CollectorFixture(kafka)) {
            cluster.images().pushTag(CART, "sha256:" + "1".repeat(64));
            cluster.images().pushTag(OTHER, "sha256:" + "2".repeat(64));
            cluster.workloads().deployment("shop", "cart", CART, 20);
            cluster.workloads().deployment("shop", "web", CART, 20);
            fixture.watching(fixture.collector(
                    cluster.kubernetesConfig(), settings -> settings.withResync(Duration.ofMillis(100))));

            churn(cluster, new Random(seed));
            cluster.awaitSettled(SOON);

            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(known(fixture.log)).isEqualTo(facetsOf(cluster.pods(""))));
            List<Entry> log = fixture.log.all();
            assertThat(fixture.log.ends()).as("snapshots").hasSizeGreaterThan(10);
            assertThat(log).as("watch events between a BEGIN and its END").anySatisfy(entry -> {
                assertThat(entry.is(WhatCase.INSTANCE)).isTrue();
                assertThat(entry.header().snapshot()).isZero();
                assertThat(duringASnapshot(log, entry)).isTrue();
            });
        }
    }

    private static void churn(SimulatedCluster cluster, Random random) {
        long end = System.nanoTime() + CHURN.toNanos();
        while (System.nanoTime() < end) {
            String workload = random.nextBoolean() ? "cart" : "web";
            switch (random.nextInt(12)) {
                case 0 -> cluster.dropWatches();
                case 1 -> cluster.compactHistory();
                case 2 -> cluster.workloads().scale("Deployment", "shop", workload, 15 + random.nextInt(10));
                case 3 ->
                    cluster.workloads()
                            .setTemplateImage("Deployment", "shop", workload, random.nextBoolean() ? CART : OTHER);
                default -> disturb(cluster, random, workload);
            }
            await().pollDelay(Duration.ofMillis(5 + random.nextInt(20))).until(() -> true);
        }
    }

    private static void disturb(SimulatedCluster cluster, Random random, String workload) {
        List<Pod> pods = cluster.podsOf("shop", workload);
        if (pods.isEmpty()) {
            return;
        }
        String pod = pods.get(random.nextInt(pods.size())).getMetadata().getName();
        try {
            if (random.nextInt(3) == 0) {
                cluster.backdoor().vanish("shop", pod);
            } else {
                String id = "registry.example/shop/cart@sha256:"
                        + Integer.toHexString(random.nextInt(16)).repeat(64);
                cluster.backdoor().setImageId("shop", pod, workload, id);
            }
        } catch (RuntimeException _) {
            // The pod went or has not started: the cluster is alive.
        }
    }

    private static boolean duringASnapshot(List<Entry> log, Entry entry) {
        WhatCase last = log.stream()
                .filter(other -> other.partition() == entry.partition() && other.offset() < entry.offset())
                .filter(other -> other.is(WhatCase.BEGIN) || other.is(WhatCase.END))
                .reduce((_, later) -> later)
                .map(other -> other.value().getWhatCase())
                .orElse(WhatCase.END);
        return last == WhatCase.BEGIN;
    }

    private static Map<String, ImageFacet> known(ObservationLog log) {
        Map<String, ImageFacet> byInstance = new HashMap<>();
        Replay.of(log.all())
                .forEach((subject, facet) -> byInstance.put(subject.substring(subject.indexOf('|') + 1), facet));
        return byInstance;
    }

    private static Map<String, ImageFacet> facetsOf(List<Pod> pods) {
        return pods.stream()
                .collect(Collectors.toMap(
                        pod -> PodFingerprint.instance(TARGET, pod).toString(), PodFingerprint::imageFacet));
    }
}
