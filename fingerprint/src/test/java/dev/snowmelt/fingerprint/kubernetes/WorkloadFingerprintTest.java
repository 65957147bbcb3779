package dev.snowmelt.fingerprint.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadStatus.Strategy;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadFingerprintTest {
    private static final TargetId TARGET = TargetId.parse("k8s:prod-eu");

    private static Deployment deployment(long generation, long observed, int replicas, int updated, String reason) {
        var builder = new DeploymentBuilder()
                .withNewMetadata()
                .withName("cart")
                .withNamespace("shop")
                .withGeneration(generation)
                .endMetadata()
                .withNewSpec()
                .withReplicas(4)
                .withNewStrategy()
                .withType("RollingUpdate")
                .endStrategy()
                .withNewTemplate()
                .withNewSpec()
                .addNewInitContainer()
                .withName("migrate")
                .withImage("migrations:1")
                .endInitContainer()
                .addNewContainer()
                .withName("web")
                .withImage("cart:2")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .withNewStatus()
                .withObservedGeneration(observed)
                .withReplicas(replicas)
                .withUpdatedReplicas(updated)
                .withReadyReplicas(3)
                .endStatus();
        if (!reason.isEmpty()) {
            builder.editStatus()
                    .addNewCondition()
                    .withType("Available")
                    .withStatus("True")
                    .withReason("MinimumReplicasAvailable")
                    .endCondition()
                    .addNewCondition()
                    .withType("Progressing")
                    .withReason(reason)
                    .endCondition()
                    .endStatus();
        }
        return builder.build();
    }

    @ParameterizedTest
    @CsvSource({
        // generation, observed, replicas, updated, reason, rollout?
        "5, 5, 4, 4, NewReplicaSetAvailable,   false",
        "5, 5, 3, 3, NewReplicaSetAvailable,   false", // one was evicted
        "6, 5, 4, 4, NewReplicaSetAvailable,   true", // not looked at yet
        "5, 5, 5, 2, ReplicaSetUpdated,        true",
        "5, 5, 0, 0, NewReplicaSetCreated,     true", // Recreate, between old and new
        "5, 5, 4, 4, ProgressDeadlineExceeded, true",
        "5, 5, 4, 4, '',                       false", // no progress deadline
        "5, 5, 5, 4, '',                       true",
    })
    void tellsADeploymentsRollout(
            long generation, long observed, int replicas, int updated, String reason, boolean rollout) {
        var status = WorkloadFingerprint.status(TARGET, deployment(generation, observed, replicas, updated, reason));

        assertThat(status.getRolloutInProgress()).isEqualTo(rollout);
    }

    @Test
    void aPausedDeploymentIsRollingOnlyWhileItHasOldReplicas() {
        assertThat(paused(4, 4).getRolloutInProgress()).isFalse();
        assertThat(paused(5, 4).getRolloutInProgress()).isTrue();
        assertThat(paused(4, 4).getPaused()).isTrue();
    }

    private static WorkloadStatus paused(int replicas, int updated) {
        return WorkloadFingerprint.status(
                TARGET,
                deployment(5, 5, replicas, updated, "DeploymentPaused")
                        .edit()
                        .editSpec()
                        .withPaused(true)
                        .endSpec()
                        .build());
    }

    @Test
    void readsADeployment() {
        var status = WorkloadFingerprint.status(TARGET, deployment(5, 4, 5, 2, ""));

        assertThat(status)
                .isEqualTo(WorkloadStatus.newBuilder()
                        .setWorkload("k8s:prod-eu/shop/Deployment/cart")
                        .setDesired(4)
                        .setReady(3)
                        .setUpdated(2)
                        .setGeneration(5)
                        .setObservedGeneration(4)
                        .setRolloutInProgress(true)
                        .setStrategy(Strategy.ROLLING_UPDATE)
                        .setTemplate(Template.newBuilder()
                                .addContainers(container(ObservedContainer.Type.INIT, "migrate", "migrations:1"))
                                .addContainers(container(ObservedContainer.Type.APP, "web", "cart:2")))
                        .build());
    }

    private static Template.Container container(ObservedContainer.Type type, String name, String image) {
        return Template.Container.newBuilder()
                .setType(type)
                .setName(name)
                .setImage(image)
                .build();
    }

    @Test
    void knowsRecreateAndTheDefaultOfOneReplica() {
        Deployment recreate = deployment(5, 5, 1, 1, "NewReplicaSetAvailable")
                .edit()
                .editSpec()
                .withReplicas(null)
                .editStrategy()
                .withType("Recreate")
                .endStrategy()
                .endSpec()
                .build();

        var status = WorkloadFingerprint.status(TARGET, recreate);

        assertThat(status.getStrategy()).isEqualTo(Strategy.RECREATE);
        assertThat(status.getDesired()).isEqualTo(1);
    }

    @Test
    void whatNoControllerHasLookedAtIsARollout() {
        Deployment fresh = deployment(1, 0, 0, 0, "").edit().withStatus(null).build();

        assertThat(WorkloadFingerprint.status(TARGET, fresh).getRolloutInProgress())
                .isTrue();
    }

    @Test
    void aDeploymentWithAClaimInItsTemplateIsStateful() {
        Deployment claiming = deployment(5, 5, 4, 4, "")
                .edit()
                .editSpec()
                .editTemplate()
                .editSpec()
                .addNewVolume()
                .withName("data")
                .withNewPersistentVolumeClaim()
                .withClaimName("data")
                .endPersistentVolumeClaim()
                .endVolume()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
        Deployment marked = deployment(5, 5, 4, 4, "")
                .edit()
                .editMetadata()
                .addToLabels("snowmelt.dev/stateful", "true")
                .endMetadata()
                .build();

        assertThat(WorkloadFingerprint.status(TARGET, deployment(5, 5, 4, 4, ""))
                        .getStateful())
                .isFalse();
        assertThat(WorkloadFingerprint.status(TARGET, claiming).getStateful()).isTrue();
        assertThat(WorkloadFingerprint.status(TARGET, marked).getStateful()).isTrue();
    }

    private static StatefulSet statefulSet(String strategy, @Nullable Integer partition, String current, int updated) {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withName("db")
                .withNamespace("shop")
                .withGeneration(2L)
                .endMetadata()
                .withNewSpec()
                .withReplicas(5)
                .withNewUpdateStrategy()
                .withType(strategy)
                .withNewRollingUpdate()
                .withPartition(partition)
                .endRollingUpdate()
                .endUpdateStrategy()
                .withNewTemplate()
                .endTemplate()
                .endSpec()
                .withNewStatus()
                .withObservedGeneration(2L)
                .withReplicas(5)
                .withReadyReplicas(4)
                .withUpdatedReplicas(updated)
                .withCurrentRevision(current)
                .withUpdateRevision("db-2")
                .endStatus()
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        // strategy, partition, current revision, updated, rollout?
        "RollingUpdate,  , db-2, 5, false",
        "RollingUpdate, 0, db-2, 4, false", // one was evicted
        "RollingUpdate, 0, db-1, 3, true",
        "RollingUpdate, 3, db-1, 1, true",
        "RollingUpdate, 3, db-1, 2, false", // ordinals 3 and 4 are updated
        "OnDelete,       , db-1, 0, false",
    })
    void tellsAStatefulSetsRollout(
            String strategy, @Nullable Integer partition, String current, int updated, boolean rollout) {
        var status = WorkloadFingerprint.status(TARGET, statefulSet(strategy, partition, current, updated));

        assertThat(status.getRolloutInProgress()).isEqualTo(rollout);
        assertThat(status.getStateful()).isTrue();
        assertThat(status.getTemplate().getId()).isEqualTo("db-2");
        assertThat(status.getDesired()).isEqualTo(5);
        assertThat(status.getReady()).isEqualTo(4);
        assertThat(status.getStrategy())
                .isEqualTo(strategy.equals("OnDelete") ? Strategy.ON_DELETE : Strategy.ROLLING_UPDATE);
    }

    private static DaemonSet daemonSet(String strategy, int current, int updated) {
        return new DaemonSetBuilder()
                .withNewMetadata()
                .withName("agent")
                .withNamespace("monitoring")
                .withGeneration(3L)
                .endMetadata()
                .withNewSpec()
                .withNewUpdateStrategy()
                .withType(strategy)
                .endUpdateStrategy()
                .withNewTemplate()
                .endTemplate()
                .endSpec()
                .withNewStatus()
                .withObservedGeneration(3L)
                .withDesiredNumberScheduled(9)
                .withCurrentNumberScheduled(current)
                .withUpdatedNumberScheduled(updated)
                .withNumberReady(8)
                .endStatus()
                .build();
    }

    @ParameterizedTest
    @CsvSource({
        "RollingUpdate, 9, 9, false",
        "RollingUpdate, 8, 8, false", // one was evicted
        "RollingUpdate, 9, 4, true",
        "OnDelete,      9, 4, false",
    })
    void tellsADaemonSetsRollout(String strategy, int current, int updated, boolean rollout) {
        var status = WorkloadFingerprint.status(TARGET, daemonSet(strategy, current, updated));

        assertThat(status.getRolloutInProgress()).isEqualTo(rollout);
        assertThat(status.getDesired()).isEqualTo(9);
        assertThat(status.getReady()).isEqualTo(8);
        assertThat(status.getUpdated()).isEqualTo(updated);
    }

    @Test
    void aReplicaSetOfItsOwnReplacesNothingByItself() {
        var set = new ReplicaSetBuilder()
                .withNewMetadata()
                .withName("bare")
                .withNamespace("shop")
                .withGeneration(1L)
                .endMetadata()
                .withNewSpec()
                .withReplicas(2)
                .withNewTemplate()
                .endTemplate()
                .endSpec()
                .withNewStatus()
                .withObservedGeneration(1L)
                .withReplicas(2)
                .withReadyReplicas(1)
                .endStatus()
                .build();

        var status = WorkloadFingerprint.status(TARGET, set);

        assertThat(status.getWorkload()).isEqualTo("k8s:prod-eu/shop/ReplicaSet/bare");
        assertThat(status.getStrategy()).isEqualTo(Strategy.ON_DELETE);
        assertThat(status.getRolloutInProgress()).isFalse();
        assertThat(status.getDesired()).isEqualTo(2);
        assertThat(status.getReady()).isEqualTo(1);
    }
}
