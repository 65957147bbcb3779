package dev.snowmelt.remediator.execute.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.snowmelt.fingerprint.kubernetes.PodFingerprint;
import dev.snowmelt.remediator.execute.LiveInstance;
import dev.snowmelt.remediator.execute.Platform;
import dev.snowmelt.remediator.execute.Reply;
import dev.snowmelt.remediator.execute.Sighting;
import dev.snowmelt.sandbox.cluster.AccessRule;
import dev.snowmelt.sandbox.cluster.Ledger;
import dev.snowmelt.sandbox.cluster.SimulatedCluster;
import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Hold;
import dev.snowmelt.v1.ImageFacet;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Looks and evictions against an API server that fails in every way evictions are known to fail.
@Timeout(120)
class KubernetesEvictorIT {
    private static final TargetId TARGET = TargetId.parse("k8s:test");
    private static final Duration CALL = Duration.ofSeconds(5);
    private static final String IMAGE = "registry.test/shop/cart:1";
    private static final String DIGEST = "sha256:" + "a".repeat(64);

    private static Clusters clusters;
    private static SimulatedCluster cluster;
    private static Platform platform;
    private static String namespace;
    private static int workloads;

    private String workload = "";

    @BeforeAll
    static void start() {
        clusters = Clusters.simulated();
        cluster = clusters.cluster();
        namespace = clusters.namespace();
        platform = KubernetesPlatform.of(clusters.client(), CALL);
        cluster.images().pushTag(IMAGE, DIGEST);
        cluster.startDelay(Duration.ofMillis(20));
    }

    @AfterAll
    static void stop() {
        clusters.close();
    }

    @BeforeEach
    void makeWorkload() {
        workload = "cart" + ++workloads;
        cluster.workloads().deployment(namespace, workload, IMAGE, 2);
        awaitReady(workload, 2);
        cluster.ledger().clear();
    }

    @AfterEach
    void clearFaults() {
        cluster.faults().clear();
    }

    private static void awaitReady(String workload, int replicas) {
        await().until(() -> cluster.podsOf(namespace, workload).stream()
                        .filter(pod -> PodFingerprint.imageFacet(pod).getReady())
                        .count()
                == replicas);
    }

    private Pod anyPod() {
        return cluster.podsOf(namespace, workload).getFirst();
    }

    private static InstanceId id(Pod pod) {
        return InstanceId.pod(
                TARGET,
                namespace,
                pod.getMetadata().getName(),
                pod.getMetadata().getUid());
    }

    private static LiveInstance look(InstanceId instance) {
        if (platform.instances().look(instance) instanceof Sighting.Seen<LiveInstance>(var live)) {
            return live;
        }
        throw new AssertionError(instance + " is not seen");
    }

    private static Reply evict(InstanceId instance) {
        return platform.terminator().terminate(instance, look(instance));
    }

    private static boolean isThere(InstanceId instance) {
        return cluster.pods(namespace).stream()
                .anyMatch(pod -> pod.getMetadata().getUid().equals(instance.uid())
                        && pod.getMetadata().getDeletionTimestamp() == null);
    }

    @Test
    void seesAPodItsOwnerAndTheTemplateItWasMadeFrom() {
        LiveInstance live = look(id(anyPod()));

        assertThat(live.owner()).isEqualTo(new WorkloadId(TARGET, namespace, WorkloadId.DEPLOYMENT, workload));
        assertThat(live.version()).isEqualTo(anyPod().getMetadata().getResourceVersion());
        assertThat(live.image().getContainers(0).getImageId()).endsWith(DIGEST);
        assertThat(live.template()).isNotNull();
        assertThat(Objects.requireNonNull(live.template()).getId())
                .isEqualTo(live.image().getTemplate())
                .isNotEmpty();
    }

    @Test
    void evictsThePodThatWasLookedAtThroughTheEvictionApi() {
        InstanceId instance = id(anyPod());

        Reply reply = evict(instance);

        assertThat(reply).isInstanceOf(Reply.Accepted.class);
        assertThat(isThere(instance)).isFalse();
        assertThat(cluster.ledger().deletes()).isEmpty();
        Ledger.Entry entry = cluster.ledger().evictions().getFirst();
        assertThat(entry.status()).isEqualTo(201);
        assertThat(entry.body()).contains("\"policy/v1\"", "\"uid\":\"" + instance.uid() + "\"");
    }

    @Test
    void anotherPodOfTheSameNameIsNeitherSeenNorEvicted() {
        Pod pod = anyPod();
        var other = InstanceId.pod(TARGET, namespace, pod.getMetadata().getName(), "11111111-2222");

        assertThat(platform.instances().look(other)).isInstanceOf(Sighting.Gone.class);
        assertThat(platform.terminator().terminate(other, look(id(pod)))).isInstanceOf(Reply.Conflict.class);
        assertThat(isThere(id(pod))).isTrue();
    }

    @Test
    void aPodThatChangedSinceTheLookIsNotEvicted() {
        InstanceId instance = id(anyPod());
        LiveInstance before = look(instance);
        cluster.backdoor().setImageId(namespace, instance.name(), workload, "registry.test/shop/cart@" + DIGEST);
        cluster.workloads().editInPlace(namespace, instance.name(), workload, IMAGE + "-other");

        Reply reply = platform.terminator().terminate(instance, before);

        assertThat(reply).isInstanceOf(Reply.Conflict.class);
        assertThat(isThere(instance)).isTrue();
    }

    @Test
    void aPodThatIsGoneIsGone() {
        InstanceId instance = id(anyPod());
        LiveInstance before = look(instance);
        cluster.backdoor().vanish(namespace, instance.name());

        assertThat(platform.instances().look(instance)).isInstanceOf(Sighting.Gone.class);
        assertThat(platform.terminator().terminate(instance, before)).isInstanceOf(Reply.Gone.class);
    }

    @Test
    void aTerminatingPodAcceptsItAgain() {
        cluster.terminationDelay(Duration.ofSeconds(20));
        InstanceId instance = id(anyPod());

        assertThat(evict(instance)).isInstanceOf(Reply.Accepted.class);
        assertThat(look(instance).image().getTerminating()).isTrue();
        assertThat(evict(instance)).isInstanceOf(Reply.Accepted.class);
        cluster.terminationDelay(Duration.ofMillis(20));
    }

    @Test
    void aDisruptionBudgetBlocksAndSaysForHowLong() {
        cluster.workloads().budget(namespace, workload, "2");
        InstanceId instance = id(anyPod());

        await().untilAsserted(() -> assertThat(evict(instance)).isInstanceOfSatisfying(Reply.NotNow.class, reply -> {
            assertThat(reply.by()).isEqualTo(Hold.Reason.DISRUPTION_BUDGET);
            assertThat(reply.retryAfter()).isEqualTo(Duration.ofSeconds(10));
            assertThat(reply.detail()).contains("needs 2 healthy pods");
        }));
        assertThat(isThere(instance)).isTrue();
    }

    @Test
    void twoDisruptionBudgetsOverOnePodBlock() {
        cluster.workloads().budget(namespace, workload, "1");
        var second = cluster.workloads().budget(namespace, workload + "x", "1");
        second.getMetadata().setName(workload + "-too");
        second.getMetadata().setResourceVersion(null);
        second.getMetadata().setUid(null);
        second.getSpec().getSelector().getMatchLabels().put("app", workload);
        cluster.create(second);
        InstanceId instance = id(anyPod());

        assertThat(evict(instance)).isInstanceOfSatisfying(Reply.NotNow.class, reply -> {
            assertThat(reply.by()).isEqualTo(Hold.Reason.DISRUPTION_BUDGET);
            assertThat(reply.detail()).contains("more than one PodDisruptionBudget");
        });
        assertThat(isThere(instance)).isTrue();
    }

    @Test
    void throttlingBlocks() {
        InstanceId instance = id(anyPod());
        LiveInstance live = look(instance);
        cluster.faults().failNext(1, "create", "pods/eviction", 429, Duration.ofSeconds(3));

        Reply reply = platform.terminator().terminate(instance, live);

        assertThat(reply).isInstanceOfSatisfying(Reply.NotNow.class, notNow -> {
            assertThat(notNow.by()).isEqualTo(Hold.Reason.PLATFORM);
            assertThat(notNow.retryAfter()).isEqualTo(Duration.ofSeconds(3));
        });
        assertThat(cluster.ledger().evictions()).hasSize(1);
    }

    @Test
    void aServerErrorLeavesTheEffectUnknownAndIsNotRepeated() {
        InstanceId instance = id(anyPod());
        LiveInstance live = look(instance);
        cluster.faults().failNext(1, "create", "pods/eviction", 500);

        Reply reply = platform.terminator().terminate(instance, live);

        assertThat(reply).isInstanceOf(Reply.EffectUnknown.class);
        assertThat(cluster.ledger().evictions()).hasSize(1);
        assertThat(isThere(instance)).isTrue();
    }

    @Test
    void aLostAnswerLeavesTheEffectUnknownAndIsNotRepeated() {
        InstanceId instance = id(anyPod());
        LiveInstance live = look(instance);
        cluster.faults().loseAnswerOfNext(1, "create", "pods/eviction");

        Reply reply = platform.terminator().terminate(instance, live);

        assertThat(reply).isInstanceOf(Reply.EffectUnknown.class);
        assertThat(cluster.ledger().evictions()).hasSize(1);
        assertThat(isThere(instance)).isFalse();
    }

    @Test
    void aSilentServerLeavesTheEffectUnknownAfterTheTimeout() {
        InstanceId instance = id(anyPod());
        LiveInstance live = look(instance);
        cluster.faults().latency("create", "pods/eviction", Duration.ofSeconds(8));
        Platform impatient = KubernetesPlatform.of(clusters.client(), Duration.ofMillis(300));
        long before = System.nanoTime();

        Reply reply = impatient.terminator().terminate(instance, live);

        assertThat(reply).isInstanceOf(Reply.EffectUnknown.class);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void aServerThatCannotBeReachedBlocks() throws IOException {
        InstanceId instance = id(anyPod());
        LiveInstance live = look(instance);
        int closed;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        Config nowhere = new ConfigBuilder(Config.empty())
                .withMasterUrl("http://127.0.0.1:" + closed)
                .withRequestRetryBackoffLimit(0)
                .build();
        try (KubernetesClient client =
                new KubernetesClientBuilder().withConfig(nowhere).build()) {
            Platform unreachable = KubernetesPlatform.of(client, CALL);

            assertThat(unreachable.terminator().terminate(instance, live)).isInstanceOf(Reply.NotNow.class);
            assertThat(unreachable.instances().look(instance))
                    .isInstanceOfSatisfying(
                            Sighting.Unseen.class,
                            unseen -> assertThat(unseen.why()).isInstanceOf(Reply.NotNow.class));
        }
    }

    @Test
    void aMissingRightIsNamed() {
        cluster.user(
                "reader",
                "reader",
                List.of(new AccessRule(
                        Set.of("", "apps"), Set.of("pods", "replicasets"), Set.of("get"), Set.of(), "")));
        InstanceId instance = id(anyPod());
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(KubernetesPlatform.withoutRetries(cluster.kubernetesConfig("reader")))
                .build()) {
            Platform reading = KubernetesPlatform.of(client, CALL);

            Reply reply = reading.terminator().terminate(instance, look(instance));

            assertThat(reply)
                    .isInstanceOfSatisfying(
                            Reply.NotNow.class,
                            notNow -> assertThat(notNow.detail())
                                    .contains("may not create pods/eviction in namespace " + namespace));
            assertThat(reading.templates().look(new WorkloadId(TARGET, namespace, "Deployment", workload)))
                    .isInstanceOfSatisfying(
                            Sighting.Unseen.class,
                            unseen -> assertThat(unseen.why().toString())
                                    .contains("may not get deployments in namespace " + namespace));
        }
    }

    @Test
    void aFailedLookIsNotTakenForGone() {
        InstanceId instance = id(anyPod());
        for (int status : List.of(403, 404, 429, 500, 503)) {
            cluster.faults().failNext(1, "get", "pods", status);

            assertThat(platform.instances().look(instance))
                    .as("%d", status)
                    .isInstanceOfSatisfying(
                            Sighting.Unseen.class,
                            unseen -> assertThat(unseen.why()).isInstanceOf(Reply.NotNow.class));
        }
    }

    @Test
    void namesThatAreNoNamesNeverReachAPath() {
        for (String name : List.of("cart?dryRun=All", "..", "cart%2f..", "CART", "a..b")) {
            var instance = InstanceId.pod(TARGET, namespace, name, "uid");

            assertThat(platform.instances().look(instance)).as(name).isInstanceOf(Sighting.Unseen.class);
        }
        assertThat(cluster.ledger().count("get pods")).isZero();
    }

    @Test
    void standalonePodsAndStaticPodsSaySo() {
        Pod bare = cluster.workloads().barePod(namespace, "bare", IMAGE);
        cluster.backdoor().staticPod(namespace, "etcd", "node-1", IMAGE);
        Pod mirror = cluster.get(Pod.class, namespace, "etcd-node-1").orElseThrow();

        assertThat(look(id(bare)).owner()).isEqualTo(new WorkloadId(TARGET, namespace, "standalone", "bare"));
        assertThat(look(id(mirror)).owner()).isEqualTo(new WorkloadId(TARGET, namespace, "standalone", "etcd-node-1"));
        assertThat(look(id(mirror)).image().getProtectionsList()).contains(ImageFacet.Protection.STATIC_POD);
    }

    @Test
    void aStatefulSetsPodKnowsItsOwnerAndTemplate() {
        cluster.workloads().statefulSet(namespace, "db" + workloads, IMAGE, 1, true);
        awaitReady("db" + workloads, 1);
        Pod pod = cluster.podsOf(namespace, "db" + workloads).getFirst();

        LiveInstance live = look(id(pod));

        assertThat(live.owner()).isEqualTo(new WorkloadId(TARGET, namespace, "StatefulSet", "db" + workloads));
        assertThat(Objects.requireNonNull(live.template()).getId())
                .isEqualTo(live.image().getTemplate());
        assertThat(live.image().getProtectionsList()).contains(ImageFacet.Protection.STATEFUL);
    }

    @Test
    void aClientThatRepeatsRequestsByItselfIsRefused() {
        try (KubernetesClient repeating = new KubernetesClientBuilder()
                .withConfig(cluster.kubernetesConfig())
                .build()) {
            assertThatIllegalArgumentException().isThrownBy(() -> KubernetesPlatform.of(repeating, CALL));
        }
    }

    @Test
    void aDryRunEvictsNothing() {
        InstanceId instance = id(anyPod());

        Reply reply = platform.dryRun().terminator().terminate(instance, look(instance));

        assertThat(reply).isInstanceOf(Reply.Withheld.class);
        assertThat(cluster.ledger().all()).isEmpty();
    }
}
