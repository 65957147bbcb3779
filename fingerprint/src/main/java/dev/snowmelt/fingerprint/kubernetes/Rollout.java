package dev.snowmelt.fingerprint.kubernetes;

import static dev.snowmelt.fingerprint.kubernetes.WorkloadFingerprint.orElse;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetSpec;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Whether a controller is replacing replicas because its template changed, or has not looked at its newest spec yet.
///
/// The conditions are those of `kubectl rollout status`, without its waiting for availability: a replica that crashed
/// or that Snowmelt evicted is no rollout but a degraded workload, another guard's question. In particular "fewer
/// updated than desired" is true after every eviction, so replicas of an *old* template are counted instead.
final class Rollout {
    private Rollout() {}

    /// "Complete deployment" in the Deployment's documentation: while a rollout goes on, the condition Progressing has
    /// another reason than NewReplicaSetAvailable, which then stays whatever becomes of the replicas. Without a
    /// condition (a progress deadline of 2147483647 s switches it off) and while paused, old replicas tell.
    static boolean of(Deployment deployment) {
        var status = deployment.getStatus();
        if (status == null
                || isBehind(deployment.getMetadata().getGeneration(), status.getObservedGeneration())
                || orElse(status.getReplicas(), 0) > orElse(status.getUpdatedReplicas(), 0)) {
            return true;
        }
        if (Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
            return false;
        }
        for (DeploymentCondition condition : status.getConditions()) {
            if ("Progressing".equals(condition.getType())) {
                return !"NewReplicaSetAvailable".equals(condition.getReason());
            }
        }
        return false;
    }

    /// With a partition only the ordinals from it on are updated; with OnDelete the controller replaces nothing by
    /// itself.
    static boolean of(StatefulSet set) {
        var status = set.getStatus();
        if (status == null || isBehind(set.getMetadata().getGeneration(), status.getObservedGeneration())) {
            return true;
        }
        StatefulSetSpec spec = set.getSpec();
        var strategy = spec.getUpdateStrategy();
        if (strategy != null && "OnDelete".equals(strategy.getType())) {
            return false;
        }
        int partition = strategy == null || strategy.getRollingUpdate() == null
                ? 0
                : orElse(strategy.getRollingUpdate().getPartition(), 0);
        if (partition == 0) {
            // currentRevision follows when the last replica is updated.
            return !Objects.equals(status.getUpdateRevision(), status.getCurrentRevision());
        }
        int old = orElse(status.getReplicas(), 0) - orElse(status.getUpdatedReplicas(), 0);
        return !Objects.equals(status.getUpdateRevision(), status.getCurrentRevision())
                && old > Math.min(partition, orElse(spec.getReplicas(), 1));
    }

    /// Nodes that run an old pod are those that run one and are not updated.
    static boolean of(DaemonSet set) {
        var status = set.getStatus();
        if (status == null || isBehind(set.getMetadata().getGeneration(), status.getObservedGeneration())) {
            return true;
        }
        var strategy = set.getSpec().getUpdateStrategy();
        return (strategy == null || !"OnDelete".equals(strategy.getType()))
                && orElse(status.getCurrentNumberScheduled(), 0) > orElse(status.getUpdatedNumberScheduled(), 0);
    }

    static boolean of(ReplicaSet set) {
        return set.getStatus() == null
                || isBehind(set.getMetadata().getGeneration(), set.getStatus().getObservedGeneration());
    }

    private static boolean isBehind(@Nullable Long generation, @Nullable Long observed) {
        return orElse(observed, 0) < orElse(generation, 0);
    }
}
