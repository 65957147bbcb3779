package dev.snowmelt.sandbox.cluster;

import static dev.snowmelt.sandbox.cluster.ContractCluster.SOON;
import static dev.snowmelt.sandbox.cluster.ContractCluster.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The Eviction API as the executor relies on it, against the simulated or a real API server.
class EvictionContractIT {

    private static final String OTHER_UID = "{\"preconditions\": {\"uid\": \"00000000-0000-0000-0000-000000000000\"}}";

    private static ContractCluster cluster;

    @BeforeAll
    static void start() {
        cluster = new ContractCluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static boolean isTerminatingOrGone(String name) {
        Pod pod = cluster.client
                .pods()
                .inNamespace(cluster.namespace)
                .withName(name)
                .get();
        return pod == null || pod.getMetadata().getDeletionTimestamp() != null;
    }

    @Test
    void evictsThePodThatThePreconditionNames() {
        Pod pod = cluster.runningPod("named", Map.of("app", "named"));

        String answer = cluster.evict(
                "named",
                "{\"preconditions\": {\"uid\": \"%s\"}}"
                        .formatted(pod.getMetadata().getUid()));

        assertThat(answer).contains("\"status\":\"Success\"").contains("201");
        assertThat(isTerminatingOrGone("named")).isTrue();
    }

    @Test
    void refusesAnotherUid() {
        cluster.runningPod("other", Map.of("app", "other"));

        Status refused = refusal(() -> cluster.evict("other", OTHER_UID));

        assertThat(refused.getCode()).isEqualTo(409);
        assertThat(refused.getReason()).isEqualTo("Conflict");
        assertThat(isTerminatingOrGone("other")).isFalse();
    }

    @Test
    void refusesAnotherVersionAtOnceEvenForAPodThatNeedsNoBudget() {
        cluster.pod("pending", Map.of("app", "pending"));

        Status refused = refusal(() -> cluster.evict("pending", "{\"preconditions\": {\"resourceVersion\": \"1\"}}"));

        assertThat(refused.getCode()).isEqualTo(409);
        assertThat(isTerminatingOrGone("pending")).isFalse();
    }

    @Test
    void saysWhenThePodIsGone() {
        assertThat(refusal(() -> cluster.evict("nobody", "{}")).getCode()).isEqualTo(404);
    }

    @Test
    void holdsBackWhenTheBudgetIsSpentAndSaysWhichBudget() {
        cluster.runningPod("guarded-0", Map.of("app", "guarded"));
        cluster.runningPod("guarded-1", Map.of("app", "guarded"));
        cluster.budget("guard", "guarded", 1);
        awaitBudget("guard", "\"disruptionsAllowed\":1");

        cluster.evict("guarded-0", "{}");
        Status refused = refusal(() -> cluster.evict("guarded-1", "{}"));

        assertThat(refused.getCode()).isEqualTo(429);
        assertThat(refused.getReason()).isEqualTo("TooManyRequests");
        assertThat(refused.getMessage()).contains("violate the pod's disruption budget");
        assertThat(refused.getDetails().getCauses().getFirst().getReason()).isEqualTo("DisruptionBudget");
        assertThat(isTerminatingOrGone("guarded-1")).isFalse();
    }

    @Test
    void asksTheBudgetBeforeThePrecondition() {
        cluster.runningPod("first", Map.of("app", "order"));
        cluster.budget("order", "order", 1);
        awaitBudget("order", "\"currentHealthy\":1");

        assertThat(refusal(() -> cluster.evict("first", OTHER_UID)).getCode()).isEqualTo(429);
    }

    @Test
    void refusesAPodUnderTwoBudgets() {
        cluster.runningPod("twice", Map.of("app", "twice"));
        cluster.budget("one", "twice", 0);
        cluster.budget("two", "twice", 0);
        awaitBudget("one", "\"currentHealthy\":1");
        awaitBudget("two", "\"currentHealthy\":1");

        Status refused = refusal(() -> cluster.evict("twice", "{}"));

        assertThat(refused.getCode()).isEqualTo(500);
        assertThat(refused.getMessage()).contains("more than one PodDisruptionBudget");
        assertThat(isTerminatingOrGone("twice")).isFalse();
    }

    @Test
    void leavesThePodAloneInADryRun() {
        cluster.runningPod("dry", Map.of("app", "dry"));

        String answer = cluster.evict("dry", "{\"dryRun\": [\"All\"]}");

        assertThat(answer).contains("\"status\":\"Success\"");
        assertThat(isTerminatingOrGone("dry")).isFalse();
    }

    private static void awaitBudget(String name, String status) {
        String path = "/apis/policy/%s/namespaces/%s/poddisruptionbudgets/%s"
                .formatted(cluster.policyVersion(), cluster.namespace, name);
        await().atMost(SOON).untilAsserted(() -> assertThat(cluster.get(path)).contains(status));
    }
}
