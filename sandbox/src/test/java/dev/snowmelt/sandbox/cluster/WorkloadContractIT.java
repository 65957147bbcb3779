package dev.snowmelt.sandbox.cluster;

import static dev.snowmelt.sandbox.cluster.ContractCluster.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What the controllers do with workloads, against the simulated or a real cluster; the tests play the kubelet.
class WorkloadContractIT {

    private static ContractCluster cluster;

    @BeforeAll
    static void start() {
        cluster = new ContractCluster();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /// Runs what waits, as kubelets do.
    private static void runPending(String app) {
        for (Pod pod : Workload.pods(cluster, app)) {
            if (pod.getStatus().getPhase().equals("Pending") && !isTerminating(pod)) {
                cluster.runIfThere(pod.getMetadata().getName());
            }
        }
    }

    private static boolean isTerminating(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    /// Waits until so many pods run.
    private static List<Pod> settle(String app, int running) {
        return await().atMost(SOON)
                .until(
                        () -> {
                            runPending(app);
                            return Workload.pods(cluster, app).stream()
                                    .filter(pod -> pod.getStatus().getPhase().equals("Running") && !isTerminating(pod))
                                    .toList();
                        },
                        pods -> pods.size() == running);
    }

    private static Deployment deployment(String name) {
        return cluster.client
                .apps()
                .deployments()
                .inNamespace(cluster.namespace)
                .withName(name)
                .require();
    }

    private static List<ReplicaSet> sets(String app) {
        return cluster.client
                .apps()
                .replicaSets()
                .inNamespace(cluster.namespace)
                .withLabel("app", app)
                .list()
                .getItems();
    }

    @Test
    void ownsPodsThroughAReplicaSet() {
        Workload.deployment(cluster, "web", 2);

        List<Pod> pods = settle("web", 2);

        ReplicaSet set = sets("web").getFirst();
        OwnerReference owner =
                pods.getFirst().getMetadata().getOwnerReferences().getFirst();
        assertThat(owner.getKind()).isEqualTo("ReplicaSet");
        assertThat(owner.getUid()).isEqualTo(set.getMetadata().getUid());
        assertThat(owner.getController()).isTrue();
        assertThat(set.getMetadata().getOwnerReferences().getFirst().getKind()).isEqualTo("Deployment");
        String hash = set.getMetadata().getLabels().get("pod-template-hash");
        assertThat(set.getMetadata().getName()).isEqualTo("web-" + hash);
        assertThat(pods)
                .allSatisfy(pod -> assertThat(pod.getMetadata().getLabels()).containsEntry("pod-template-hash", hash));
        await().atMost(SOON).untilAsserted(() -> {
            assertThat(deployment("web").getStatus().getAvailableReplicas()).isEqualTo(2);
            assertThat(deployment("web").getStatus().getObservedGeneration()).isEqualTo(1);
        });
    }

    @Test
    void recreatesAnEvictedPod() {
        Workload.deployment(cluster, "evicted", 2);
        Pod gone = settle("evicted", 2).getFirst();

        cluster.evict(gone.getMetadata().getName(), "{}");

        List<Pod> pods = settle("evicted", 2);
        assertThat(pods)
                .noneMatch(pod ->
                        pod.getMetadata().getUid().equals(gone.getMetadata().getUid()));
    }

    @Test
    void rollsAChangedTemplateOutAsANewReplicaSet() {
        Workload.deployment(cluster, "rolled", 2);
        settle("rolled", 2);

        cluster.client
                .apps()
                .deployments()
                .inNamespace(cluster.namespace)
                .withName("rolled")
                .patch(
                        PatchContext.of(PatchType.STRATEGIC_MERGE),
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"next:2\"}]}}}}");

        await().atMost(SOON).untilAsserted(() -> {
            runPending("rolled");
            Deployment rolled = deployment("rolled");
            assertThat(rolled.getStatus().getObservedGeneration()).isEqualTo(2);
            assertThat(rolled.getStatus().getUpdatedReplicas()).isEqualTo(2);
            assertThat(rolled.getStatus().getReplicas()).isEqualTo(2);
            assertThat(rolled.getStatus().getAvailableReplicas()).isEqualTo(2);
        });
        assertThat(sets("rolled")).hasSize(2).anySatisfy(set -> {
            assertThat(set.getSpec().getReplicas()).isZero();
            assertThat(set.getMetadata().getAnnotations()).containsEntry("deployment.kubernetes.io/revision", "1");
        });
        assertThat(deployment("rolled").getMetadata().getAnnotations())
                .containsEntry("deployment.kubernetes.io/revision", "2");
    }

    @Test
    void startsStatefulPodsOneAfterAnother() {
        Workload.statefulSet(cluster, "db", 2);
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Workload.pods(cluster, "db")).hasSize(1));
        Pod first = Workload.pods(cluster, "db").getFirst();

        settle("db", 2);

        assertThat(first.getMetadata().getName()).isEqualTo("db-0");
        StatefulSet set = cluster.client
                .apps()
                .statefulSets()
                .inNamespace(cluster.namespace)
                .withName("db")
                .require();
        assertThat(first.getMetadata().getLabels())
                .containsEntry("statefulset.kubernetes.io/pod-name", "db-0")
                .containsEntry("controller-revision-hash", set.getStatus().getUpdateRevision());
        assertThat(Workload.pods(cluster, "db"))
                .extracting(pod -> pod.getMetadata().getName())
                .contains("db-1");
    }

    @Test
    void removesWhatADeletedWorkloadOwned() {
        Workload.deployment(cluster, "deleted", 2);
        settle("deleted", 2);

        cluster.client
                .apps()
                .deployments()
                .inNamespace(cluster.namespace)
                .withName("deleted")
                .delete();

        await().atMost(SOON).untilAsserted(() -> {
            assertThat(sets("deleted")).isEmpty();
            assertThat(Workload.pods(cluster, "deleted"))
                    .allMatch(pod -> pod.getMetadata().getDeletionTimestamp() != null);
        });
    }
}
