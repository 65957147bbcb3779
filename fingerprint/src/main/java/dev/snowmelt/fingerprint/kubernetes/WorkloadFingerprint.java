package dev.snowmelt.fingerprint.kubernetes;

import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.ObservedContainer;
import dev.snowmelt.v1.Template;
import dev.snowmelt.v1.WorkloadStatus;
import dev.snowmelt.v1.WorkloadStatus.Strategy;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A controller's status and template. Whether it is replacing replicas is told by [Rollout].
public final class WorkloadFingerprint {
    private WorkloadFingerprint() {}

    /// A Deployment. The template's id is empty: only its newest ReplicaSet bears it.
    public static WorkloadStatus status(TargetId target, Deployment deployment) {
        var spec = deployment.getSpec();
        DeploymentStatus status = deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
        ObjectMeta metadata = deployment.getMetadata();
        String strategy = spec.getStrategy() == null ? null : spec.getStrategy().getType();
        return begin(target, WorkloadId.DEPLOYMENT, metadata, spec.getTemplate(), "")
                .setDesired(orElse(spec.getReplicas(), 1))
                .setReady(orElse(status.getReadyReplicas(), 0))
                .setUpdated(orElse(status.getUpdatedReplicas(), 0))
                .setObservedGeneration(orElse(status.getObservedGeneration(), 0))
                .setPaused(Boolean.TRUE.equals(spec.getPaused()))
                .setStrategy("Recreate".equals(strategy) ? Strategy.RECREATE : Strategy.ROLLING_UPDATE)
                .setRolloutInProgress(Rollout.of(deployment))
                .build();
    }

    /// A StatefulSet. The template's id is the revision that it updates to.
    public static WorkloadStatus status(TargetId target, StatefulSet set) {
        var spec = set.getSpec();
        StatefulSetStatus status = set.getStatus() == null ? new StatefulSetStatus() : set.getStatus();
        String strategy = spec.getUpdateStrategy() == null
                ? null
                : spec.getUpdateStrategy().getType();
        return begin(
                        target,
                        WorkloadId.STATEFUL_SET,
                        set.getMetadata(),
                        spec.getTemplate(),
                        orEmpty(status.getUpdateRevision()))
                .setDesired(orElse(spec.getReplicas(), 1))
                .setReady(orElse(status.getReadyReplicas(), 0))
                .setUpdated(orElse(status.getUpdatedReplicas(), 0))
                .setObservedGeneration(orElse(status.getObservedGeneration(), 0))
                .setStrategy("OnDelete".equals(strategy) ? Strategy.ON_DELETE : Strategy.ROLLING_UPDATE)
                .setRolloutInProgress(Rollout.of(set))
                .setStateful(true)
                .build();
    }

    /// A DaemonSet: desired is the number of nodes that shall run it. The template's id is empty: only its newest
    /// ControllerRevision bears it.
    public static WorkloadStatus status(TargetId target, DaemonSet set) {
        var spec = set.getSpec();
        DaemonSetStatus status = set.getStatus() == null ? new DaemonSetStatus() : set.getStatus();
        String strategy = spec.getUpdateStrategy() == null
                ? null
                : spec.getUpdateStrategy().getType();
        return begin(target, WorkloadId.DAEMON_SET, set.getMetadata(), spec.getTemplate(), "")
                .setDesired(orElse(status.getDesiredNumberScheduled(), 0))
                .setReady(orElse(status.getNumberReady(), 0))
                .setUpdated(orElse(status.getUpdatedNumberScheduled(), 0))
                .setObservedGeneration(orElse(status.getObservedGeneration(), 0))
                .setStrategy("OnDelete".equals(strategy) ? Strategy.ON_DELETE : Strategy.ROLLING_UPDATE)
                .setRolloutInProgress(Rollout.of(set))
                .build();
    }

    /// A ReplicaSet of its own. It never replaces replicas by itself when its template changes, so its strategy is
    /// ON_DELETE and all its replicas count as updated.
    public static WorkloadStatus status(TargetId target, ReplicaSet set) {
        var spec = set.getSpec();
        ReplicaSetStatus status = set.getStatus() == null ? new ReplicaSetStatus() : set.getStatus();
        PodTemplateSpec template = spec.getTemplate();
        Map<String, String> labels = template == null || template.getMetadata() == null
                ? null
                : template.getMetadata().getLabels();
        String hash = labels == null ? null : labels.get(PodFingerprint.POD_TEMPLATE_HASH);
        return begin(target, WorkloadId.REPLICA_SET, set.getMetadata(), template, orEmpty(hash))
                .setDesired(orElse(spec.getReplicas(), 1))
                .setReady(orElse(status.getReadyReplicas(), 0))
                .setUpdated(orElse(status.getReplicas(), 0))
                .setObservedGeneration(orElse(status.getObservedGeneration(), 0))
                .setStrategy(Strategy.ON_DELETE)
                .setRolloutInProgress(Rollout.of(set))
                .build();
    }

    /// A pod template, init containers first.
    ///
    /// @param id what its pods bear as [PodFingerprint#POD_TEMPLATE_HASH] or
    /// [PodFingerprint#CONTROLLER_REVISION_HASH]; empty: not known
    public static Template template(PodTemplateSpec template, String id) {
        Template.Builder built = Template.newBuilder().setId(id);
        if (template.getSpec() != null) {
            for (Container container : template.getSpec().getInitContainers()) {
                built.addContainers(container(ObservedContainer.Type.INIT, container));
            }
            for (Container container : template.getSpec().getContainers()) {
                built.addContainers(container(ObservedContainer.Type.APP, container));
            }
        }
        return built.build();
    }

    private static Template.Container.Builder container(ObservedContainer.Type type, Container container) {
        return Template.Container.newBuilder()
                .setName(container.getName())
                .setType(type)
                .setImage(orEmpty(container.getImage()));
    }

    private static WorkloadStatus.Builder begin(
            TargetId target, String kind, ObjectMeta metadata, @Nullable PodTemplateSpec template, String templateId) {
        WorkloadStatus.Builder status = WorkloadStatus.newBuilder()
                .setWorkload(
                        new WorkloadId(target, orEmpty(metadata.getNamespace()), kind, metadata.getName()).toString())
                .setGeneration(orElse(metadata.getGeneration(), 0))
                .setStateful(Statefulness.ofTemplate(metadata, template));
        if (template != null) {
            status.setTemplate(template(template, templateId));
        }
        return status;
    }

    static int orElse(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }

    static long orElse(@Nullable Long value, long otherwise) {
        return value == null ? otherwise : value;
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
