package dev.snowmelt.detector.collect.kubernetes;

import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.SOON;
import static dev.snowmelt.detector.collect.kubernetes.CollectorFixture.TARGET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.detector.collect.Collector;
import dev.snowmelt.detector.collect.ObservationLog;
import dev.snowmelt.detector.collect.ObservationLog.Entry;
import dev.snowmelt.fingerprint.kubernetes.PodFingerprint;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.sandbox.kafka.EmbeddedKafka;
import dev.snowmelt.schemas.topic.ObservationHeader.Source;
import dev.snowmelt.v1.ImageFacet;
import dev.snowmelt.v1.Observation.WhatCase;
import dev.snowmelt.v1.SnapshotEnd;
import dev.snowmelt.v1.WorkloadStatus;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesCollectorIT {
    static final String CART = "registry.example/shop/cart:1.2";
    static final String OTHER = "registry.example/shop/cart:1.3";

    private static EmbeddedKafka kafka;

    private SimulatedCluster cluster;
    private CollectorFixture fixture;
    private ObservationLog log;

    @BeforeAll
    static void startKafka() {
        kafka = EmbeddedKafka.start(1);
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @BeforeEach
    void start() {
        cluster = SimulatedCluster.builder()
                .startDelay(Duration.ofMillis(20))
                .terminationDelay(Duration.ofMillis(20))
                .bookmarkInterval(Duration.ofMillis(300))
                .start();
        cluster.images().pushTag(CART, "sha256:" + "1".repeat(64));
        cluster.images().pushTag(OTHER, "sha256:" + "2".repeat(64));
        fixture = new CollectorFixture(kafka);
        log = fixture.log;
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
        cluster.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void beginsWithASnapshotOfEverything(boolean streamedLists) throws Exception {
        cluster.watchList(streamedLists);
        fillShop();

        fixture.watching(cluster.kubernetesConfig());

        long snapshot = log.ends().keySet().iterator().next();
        List<Entry> records = log.all(entry -> entry.header().snapshot() == snapshot);
        assertThat(instances(records)).isEqualTo(instancesOf(cluster.pods("")));
        assertThat(log.lastEnd().getInstances()).isEqualTo(cluster.pods("").size());
        assertThat(log.lastEnd().getBelievable()).isTrue();
        assertMarkersFrame(snapshot);
        assertThat(log.all()).allSatisfy(entry -> {
            assertThat(entry.header().epoch()).isEqualTo(1);
            assertThat(entry.header().observedAtMillis()).isPositive();
        });
        assertThat(records).filteredOn(entry -> entry.key() != null).allSatisfy(entry -> {
            assertThat(entry.header().source()).isEqualTo(Source.LIST);
            assertThat(entry.header().resourceVersion()).isPositive();
        });
    }

    private void fillShop() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.workloads().statefulSet("shop", "db", CART, 2, true);
        cluster.workloads().daemonSet("shop", "log", CART);
        cluster.workloads().barePod("shop", "bare", CART);
        cluster.backdoor().staticPod("kube-system", "etcd", "node-1", CART);
        cluster.awaitSettled(SOON);
    }

    /// BEGIN before every record of the snapshot on its partition, END behind with their number.
    private void assertMarkersFrame(long snapshot) {
        for (int partition = 0; partition < CollectorFixture.PARTITIONS; partition++) {
            int at = partition;
            List<Entry> there =
                    log.all(entry -> entry.partition() == at && entry.header().snapshot() == snapshot);
            assertThat(there.getFirst().is(WhatCase.BEGIN)).isTrue();
            assertThat(there.getFirst().key()).isNull();
            assertThat(there.getLast().is(WhatCase.END)).isTrue();
            assertThat(there.getLast().value().getEnd().getRecordsOnPartition()).isEqualTo(there.size() - 2);
        }
    }

    @Test
    void resolvesWorkloadsAndTellsTheirTemplates() throws Exception {
        fillShop();

        fixture.watching(cluster.kubernetesConfig());

        assertThat(log.all(entry -> entry.is(WhatCase.INSTANCE)))
                .extracting(Entry::key)
                .containsOnly(
                        "k8s:test/shop/Deployment/cart",
                        "k8s:test/shop/StatefulSet/db",
                        "k8s:test/shop/DaemonSet/log",
                        "k8s:test/shop/standalone/bare",
                        "k8s:test/kube-system/standalone/etcd-node-1");
        Map<String, WorkloadStatus> statuses = statuses();
        assertThat(statuses.keySet())
                .containsExactlyInAnyOrder(
                        "k8s:test/shop/Deployment/cart", "k8s:test/shop/StatefulSet/db", "k8s:test/shop/DaemonSet/log");
        WorkloadStatus cart = statusOfCart();
        assertThat(cart.getDesired()).isEqualTo(3);
        assertThat(cart.getReady()).isEqualTo(3);
        assertThat(cart.getTemplate().getContainers(0).getImage()).isEqualTo(CART);
        assertThat(cart.getTemplate().getId())
                .isNotEmpty()
                .isEqualTo(facetOfAPodOf("k8s:test/shop/Deployment/cart").getTemplate());
        assertThat(facetOfAPodOf("k8s:test/kube-system/standalone/etcd-node-1").getProtectionsList())
                .containsExactly(ImageFacet.Protection.STATIC_POD);
    }

    private WorkloadStatus statusOfCart() {
        return statuses().getOrDefault("k8s:test/shop/Deployment/cart", WorkloadStatus.getDefaultInstance());
    }

    private Map<String, WorkloadStatus> statuses() {
        Map<String, WorkloadStatus> newest = new HashMap<>();
        log.all(entry -> entry.is(WhatCase.WORKLOAD))
                .forEach(entry -> newest.put(entry.key(), entry.value().getWorkload()));
        return newest;
    }

    private ImageFacet facetOfAPodOf(String workload) {
        return log.all(entry -> entry.is(WhatCase.INSTANCE) && workload.equals(entry.key()))
                .getFirst()
                .value()
                .getInstance()
                .getImage();
    }

    @Test
    void tellsTheIdOfANewTemplate() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 2);
        cluster.awaitSettled(SOON);
        fixture.watching(cluster.kubernetesConfig());
        String before = statusOfCart().getTemplate().getId();

        cluster.workloads().setTemplateImage("Deployment", "shop", "cart", OTHER);
        cluster.awaitSettled(SOON);

        await().atMost(SOON).untilAsserted(() -> {
            WorkloadStatus cart = statusOfCart();
            assertThat(cart.getTemplate().getContainers(0).getImage()).isEqualTo(OTHER);
            assertThat(cart.getTemplate().getId())
                    .isNotEqualTo(before)
                    .isIn(templatesOf(cluster.podsOf("shop", "cart")));
            assertThat(cart.getRolloutInProgress()).isFalse();
        });
    }

    private static Set<String> templatesOf(Collection<Pod> pods) {
        return pods.stream()
                .map(pod -> PodFingerprint.imageFacet(pod).getTemplate())
                .collect(Collectors.toSet());
    }

    @Test
    void tellsAChangedPodWithinASecond() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.awaitSettled(SOON);
        fixture.watching(cluster.kubernetesConfig());
        String imageId = "registry.example/shop/cart@sha256:" + "f".repeat(64);
        Pod pod = cluster.podsOf("shop", "cart").getFirst();

        long changed = System.currentTimeMillis();
        cluster.backdoor().setImageId("shop", pod.getMetadata().getName(), "cart", imageId);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.all(entry -> hasImageId(entry, imageId)))
                        .hasSize(1)
                        .allSatisfy(entry -> {
                            assertThat(entry.header().source()).isEqualTo(Source.WATCH);
                            assertThat(entry.header().snapshot()).isZero();
                            assertThat(entry.header().observedAtMillis() - changed)
                                    .isLessThan(1000);
                        }));
    }

    private static boolean hasImageId(Entry entry, String imageId) {
        return entry.value().getInstance().getImage().getContainersList().stream()
                .anyMatch(container -> container.getImageId().equals(imageId));
    }

    @Test
    void tellsADeletedPodAndADeletedWorkload() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 2);
        cluster.awaitSettled(SOON);
        fixture.watching(cluster.kubernetesConfig());
        Set<String> pods = instancesOf(cluster.podsOf("shop", "cart"));

        cluster.delete(io.fabric8.kubernetes.api.model.apps.Deployment.class, "shop", "cart");

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(log.all(entry -> entry.is(WhatCase.WORKLOAD_GONE)))
                    .singleElement()
                    .satisfies(gone -> assertThat(gone.key()).isEqualTo("k8s:test/shop/Deployment/cart"));
            assertThat(log.all(entry -> entry.is(WhatCase.INSTANCE_GONE)))
                    .allSatisfy(gone -> assertThat(gone.key()).isEqualTo("k8s:test/shop/Deployment/cart"))
                    .extracting(gone -> gone.value().getInstanceGone().getInstance())
                    .containsAll(pods);
        });
    }

    @Test
    void saysTheSameBytesOfAnUnchangedCluster() throws Exception {
        fillShop();
        fixture.watching(fixture.collector(cluster.kubernetesConfig(), settings -> settings.withReuse(Duration.ZERO)));

        String scan = fixture.scan("{}").toString();
        await().atMost(SOON).untilAsserted(() -> assertThat(log.ends()).hasSize(2));

        List<Long> snapshots = List.copyOf(log.ends().keySet());
        assertThat(snapshots.get(0)).isLessThan(snapshots.get(1));
        assertThat(listedIn(snapshots.get(1))).isEqualTo(listedIn(snapshots.get(0)));
        assertThat(log.begins().getLast().value().getBegin().getScan()).isEqualTo(scan);
        assertThat(log.lastEnd().getScan()).isEqualTo(scan);
    }

    private Set<List<Object>> listedIn(long snapshot) {
        return log.all(entry -> entry.header().snapshot() == snapshot && entry.key() != null).stream()
                .map(entry -> List.<Object>of(String.valueOf(entry.key()), entry.bytes()))
                .collect(Collectors.toSet());
    }

    @Test
    void takesASnapshotEveryResync() throws Exception {
        fillShop();

        fixture.watching(
                fixture.collector(cluster.kubernetesConfig(), settings -> settings.withResync(Duration.ofMillis(300))));

        await().atMost(SOON).untilAsserted(() -> assertThat(log.ends()).hasSizeGreaterThan(3));
    }

    @Test
    void goesOnWatchingWhereADroppedWatchEnded() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.awaitSettled(SOON);
        Collector collector = fixture.watching(cluster.kubernetesConfig());

        for (int replicas = 4; replicas < 8; replicas++) {
            cluster.dropWatches();
            cluster.workloads().scale("Deployment", "shop", "cart", replicas);
            cluster.awaitSettled(SOON);
            assertSeesTheCluster();
        }

        assertThat(log.begins()).as("no list was needed").hasSize(CollectorFixture.PARTITIONS);
        assertThat(collector.health().problem()).isEmpty();
    }

    @Test
    void listsAgainWhenTheServerForgotItsPlace() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.awaitSettled(SOON);
        Collector collector = fixture.watching(cluster.kubernetesConfig());
        int snapshots = log.ends().size();

        cluster.faults().failNext(3, "watch", "*", 503);
        cluster.dropWatches();
        String victim = cluster.podsOf("shop", "cart").getFirst().getMetadata().getName();
        cluster.backdoor().vanish("shop", victim);
        cluster.awaitSettled(SOON);
        cluster.compactHistory();

        await().atMost(SOON).untilAsserted(() -> assertThat(log.ends()).hasSizeGreaterThan(snapshots));
        assertSeesTheCluster();
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().ready()).isTrue());
    }

    private void assertSeesTheCluster() {
        await().atMost(SOON).untilAsserted(() -> assertThat(known()).isEqualTo(facetsOf(cluster.pods(""))));
    }

    private Map<String, ImageFacet> known() {
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

    @Test
    void beginsAnewWhenAContinueTokenExpires() throws Exception {
        cluster.watchList(false);
        cluster.freezeControllers();
        cluster.workloads().loadDeployment("shop", "cart", CART, 1200);
        cluster.faults().latency("list", "pods", Duration.ofMillis(500));
        fixture.collector(cluster.kubernetesConfig()).start();

        await().atMost(SOON)
                .until(() -> log.all(entry -> entry.is(WhatCase.INSTANCE)).size() >= 500);
        cluster.compactHistory();
        cluster.faults().clear();

        await().atMost(SOON).untilAsserted(() -> assertThat(log.ends()).isNotEmpty());
        assertThat(log.begins()).hasSizeGreaterThan(CollectorFixture.PARTITIONS);
        assertThat(log.lastEnd().getInstances()).isEqualTo(1200);
        assertThat(log.ends().values().stream()
                        .flatMap(List::stream)
                        .mapToLong(SnapshotEnd::getRecordsOnPartition)
                        .sum())
                .isGreaterThanOrEqualTo(1200);
        assertSeesTheCluster();
    }

    /// A list that is always slower than the server remembers.
    @Test
    void saysWhenContinueTokensExpireAgainAndAgainAndAsksMoreRarely() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.awaitSettled(SOON);
        cluster.watchList(false);
        cluster.faults().failNext(1_000_000, "list", "pods", 410);
        Collector collector = fixture.collector(cluster.kubernetesConfig());
        long started = System.nanoTime();
        collector.start();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().problem())
                        .startsWith("cannot list pods")
                        .contains("too old"));
        await().atMost(SOON).until(() -> cluster.ledger().count("list pods") >= 4);
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        // The first at once, then after 250, 500, 1000 ms at least, if all is shortened most.
        assertThat(took).isGreaterThan(Duration.ofMillis(750));
        assertThat(log.ends()).isEmpty();

        cluster.faults().clear();

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(collector.health().ready()).isTrue());
        assertThat(collector.health().problem()).isEmpty();
    }

    /// As somebody does who wants to look into a pod while another one takes its place.
    @Test
    void aPodThatIsReleasedIsInOneWorkload() throws Exception {
        cluster.workloads().deployment("shop", "cart", CART, 3);
        cluster.awaitSettled(SOON);
        fixture.watching(cluster.kubernetesConfig());
        Pod pod = cluster.podsOf("shop", "cart").getFirst();
        String name = pod.getMetadata().getName();
        String instance = PodFingerprint.instance(TARGET, pod).toString();

        label(name, "app", "quarantine");

        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(workloadsOf(instance)).containsExactly("k8s:test/shop/standalone/" + name));
        int snapshots = log.ends().size();
        assertThat(snapshots).as("one list was needed").isEqualTo(2);

        for (int i = 0; i < 5; i++) {
            label(name, "looked", "at-" + i);
        }
        cluster.workloads().barePod("shop", "bare", CART);
        cluster.awaitSettled(SOON);
        label("bare", "looked", "at");
        cluster.awaitSettled(SOON);
        await().atMost(SOON).untilAsserted(() -> assertThat(known()).isEqualTo(facetsOf(cluster.pods(""))));
        assertThat(log.ends()).as("what is known to be free needs no other").hasSize(snapshots);
    }

    private void label(String pod, String key, String value) {
        try (var client = new io.fabric8.kubernetes.client.KubernetesClientBuilder()
                .withConfig(cluster.kubernetesConfig())
                .build()) {
            client.pods().inNamespace("shop").withName(pod).edit(now -> {
                now.getMetadata().getLabels().put(key, value);
                return now;
            });
        }
    }

    private Set<String> workloadsOf(String instance) {
        return Replay.of(log.all()).keySet().stream()
                .filter(subject -> subject.endsWith("|" + instance))
                .map(subject -> subject.substring(0, subject.indexOf('|')))
                .collect(Collectors.toSet());
    }

    @Test
    void finishedPodsAreNoInstances() throws Exception {
        Pod pod = cluster.workloads().barePod("shop", "task", CART);
        cluster.awaitSettled(SOON);
        fixture.watching(cluster.kubernetesConfig());
        String instance = PodFingerprint.instance(TARGET, pod).toString();
        assertThat(log.facetsOf(instance)).isNotEmpty();

        try (var client = new io.fabric8.kubernetes.client.KubernetesClientBuilder()
                .withConfig(cluster.kubernetesConfig())
                .build()) {
            client.pods().inNamespace("shop").withName("task").editStatus(ended -> {
                ended.getStatus().setPhase("Succeeded");
                return ended;
            });
        }

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(log.all(entry -> entry.is(WhatCase.INSTANCE_GONE)))
                        .anySatisfy(gone -> assertThat(
                                        gone.value().getInstanceGone().getInstance())
                                .isEqualTo(instance)));
    }

    static Set<String> instances(List<Entry> records) {
        Set<String> instances = new HashSet<>();
        records.stream()
                .filter(entry -> entry.is(WhatCase.INSTANCE))
                .forEach(entry -> instances.add(entry.value().getInstance().getInstance()));
        return instances;
    }

    static Set<String> instancesOf(List<Pod> pods) {
        return facetsOf(pods).keySet();
    }
}
