package dev.snowmelt.sandbox.cluster;

import static dev.snowmelt.sandbox.cluster.ContractCluster.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What goes wrong when a test says so, and who may do what.
class FaultsIT {

    private static final String IMAGE = "registry.example/a@sha256:" + "1".repeat(64);
    private static final Duration SOON = Duration.ofSeconds(30);

    private SimulatedCluster cluster;
    private KubernetesClient client;

    @BeforeEach
    void start() {
        cluster = SimulatedCluster.builder().startDelay(Duration.ofMillis(10)).start();
        client = client("admin");
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
    }

    private KubernetesClient client(String token) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(cluster.kubernetesConfig(token))
                        .withRequestRetryBackoffLimit(0)
                        .build())
                .build();
    }

    @Test
    void failsOnlyTheNextMatchingRequests() {
        cluster.faults().failNext(1, "list", "pods", 503);

        assertThat(client.namespaces().list().getItems()).isNotEmpty();
        Status refused = refusal(() -> client.pods().inAnyNamespace().list());
        assertThat(client.pods().inAnyNamespace().list().getItems()).isEmpty();

        assertThat(refused.getCode()).isEqualTo(503);
        assertThat(refused.getReason()).isEqualTo("ServiceUnavailable");
    }

    @Test
    void namesWhenToComeBack() {
        cluster.faults().failNext(1, "*", "*", 429, Duration.ofSeconds(7));

        Status refused = refusal(() -> client.pods().inAnyNamespace().list());

        assertThat(refused.getCode()).isEqualTo(429);
        assertThat(refused.getDetails().getRetryAfterSeconds()).isEqualTo(7);
    }

    @Test
    void carriesOutWhatItDoesNotAnswer() {
        cluster.workloads().barePod("default", "a", IMAGE);
        cluster.faults().loseAnswerOfNext(1, "delete", "pods");

        assertThatThrownBy(
                        () -> client.pods().inNamespace("default").withName("a").delete())
                .isInstanceOf(KubernetesClientException.class);

        await().atMost(SOON)
                .untilAsserted(() -> assertThat(cluster.pods("default")).isEmpty());
        assertThat(cluster.ledger().deletes()).singleElement().satisfies(entry -> {
            assertThat(entry.carriedOut()).isTrue();
            assertThat(entry.status()).isZero();
        });
    }

    @Test
    void doesNothingOnAConnectionThatIsDroppedBefore() {
        cluster.workloads().barePod("default", "a", IMAGE);
        cluster.faults().dropNext(1, "delete", "pods");

        assertThatThrownBy(
                        () -> client.pods().inNamespace("default").withName("a").delete())
                .isInstanceOf(KubernetesClientException.class);

        assertThat(cluster.pods("default")).hasSize(1);
        assertThat(cluster.ledger().touched()).isEmpty();
    }

    @Test
    void takesItsTime() {
        cluster.faults().latency("get", "pods", Duration.ofMillis(300));
        long start = System.nanoTime();

        client.pods().inNamespace("default").withName("nobody").get();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void informersSurviveDroppedWatchesAndCompaction() {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (var _ = client.pods().inNamespace("default").inform(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                seen.add("added " + pod.getMetadata().getName());
            }

            @Override
            public void onUpdate(Pod old, Pod now) {}

            @Override
            public void onDelete(Pod pod, boolean unknown) {
                seen.add("deleted " + pod.getMetadata().getName());
            }
        })) {
            cluster.workloads().barePod("default", "first", IMAGE);
            await().atMost(SOON).until(() -> seen.contains("added first"));

            cluster.dropWatches();
            await().atMost(SOON).until(() -> cluster.watches() == 0);
            cluster.backdoor().vanish("default", "first");
            cluster.workloads().barePod("default", "second", IMAGE);
            cluster.compactHistory();

            await().atMost(SOON).until(() -> seen.contains("added second") && seen.contains("deleted first"));
        }
    }

    @Test
    void allowsExactlyWhatTheRulesSay() {
        List<AccessRule> rules = AccessRule.parse("""
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRole
                metadata: {name: reader}
                rules:
                - apiGroups: [""]
                  resources: [pods]
                  verbs: [list, watch]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: evictor, namespace: shop}
                rules:
                - apiGroups: [""]
                  resources: [pods/eviction]
                  verbs: [create]
                """, "");
        cluster.user("t1", "system:serviceaccount:snowmelt:snowmelt", rules);
        cluster.workloads().barePod("shop", "a", IMAGE);

        try (KubernetesClient limited = client("t1");
                KubernetesClient stranger = client("nobody")) {
            assertThat(limited.pods().inAnyNamespace().list().getItems()).hasSize(1);
            assertThat(limited.pods().inNamespace("shop").withName("a").evict()).isTrue();
            Status nodes = refusal(() -> limited.nodes().list());
            Status pod = refusal(
                    () -> limited.pods().inNamespace("shop").withName("a").get());
            Status unknown = refusal(() -> stranger.pods().inAnyNamespace().list());

            assertThat(nodes.getCode()).isEqualTo(403);
            assertThat(nodes.getMessage())
                    .isEqualTo(
                            "nodes is forbidden: User \"system:serviceaccount:snowmelt:snowmelt\" cannot list resource \"nodes\" in API group \"\" at the cluster scope");
            assertThat(pod.getMessage())
                    .isEqualTo(
                            "pods \"a\" is forbidden: User \"system:serviceaccount:snowmelt:snowmelt\" cannot get resource \"pods\" in API group \"\" in the namespace \"shop\"");
            assertThat(unknown.getCode()).isEqualTo(401);
        }
        assertThat(new AccessRule(Set.of("*"), Set.of("*"), Set.of("*"), Set.of(), "").allows("get", "x", "y", "z", ""))
                .isTrue();
    }
}
