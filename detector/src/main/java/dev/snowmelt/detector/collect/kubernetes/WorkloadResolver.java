package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.detector.collect.kubernetes.ReplicaSetIndex.Owner;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.Optional;
import java.util.Set;

/// Finds the workload that a pod belongs to, along ownerReferences with `controller: true`.
final class WorkloadResolver {
    /// Looks at one ReplicaSet at the API server.
    interface ReplicaSets {
        Optional<ReplicaSet> get(String namespace, String name) throws ApiException;
    }

    private static final String APPS = "apps";
    /// Kinds that mean something to Snowmelt, and so may only be taken from their own API group: other
    /// projects define
    /// kinds of the same names (apps.kruise.io has a StatefulSet and a DaemonSet).
    private static final Set<String> OURS =
            Set.of(WorkloadId.DEPLOYMENT, WorkloadId.STATEFUL_SET, WorkloadId.DAEMON_SET, WorkloadId.REPLICA_SET);

    private static final Set<String> RESERVED = Set.of(WorkloadId.STANDALONE, WorkloadId.ASG);

    private final TargetId target;
    private final ReplicaSetIndex index;
    private final ReplicaSets replicaSets;

    WorkloadResolver(TargetId target, ReplicaSetIndex index, ReplicaSets replicaSets) {
        this.target = target;
        this.index = index;
        this.replicaSets = replicaSets;
    }

    /// The workload of a pod: its controller, or the controller of its ReplicaSet; `standalone` when
    /// nothing would
    /// recreate it (a mirror pod's controller is its Node, which recreates nothing through the API).
    WorkloadId workloadOf(Pod pod) throws ApiException {
        String namespace = pod.getMetadata().getNamespace();
        Optional<Owner> controller = ReplicaSetIndex.controllerOf(pod);
        if (controller.isEmpty() || isNode(controller.get())) {
            return id(namespace, WorkloadId.STANDALONE, pod.getMetadata().getName());
        }
        Owner owner = controller.get();
        return isReplicaSet(owner) ? ofReplicaSet(pod, namespace, owner) : workload(namespace, owner);
    }

    private WorkloadId ofReplicaSet(Pod pod, String namespace, Owner set) throws ApiException {
        Optional<Optional<Owner>> known = index.ownerOf(set.uid());
        if (known.isEmpty()) {
            Optional<ReplicaSet> found = replicaSets
                    .get(namespace, set.name())
                    .filter(other -> set.uid().equals(other.getMetadata().getUid()));
            if (found.isEmpty()) {
                return ofDeletedReplicaSet(pod, namespace, set);
            }
            index.remember(found.get());
            known = Optional.of(ReplicaSetIndex.controllerOf(found.get()));
        }
        Optional<Owner> above = known.get();
        return above.isPresent() ? workload(namespace, above.get()) : workload(namespace, set);
    }

    /// A Deployment names its ReplicaSets `<deployment>-<pod-template-hash>` and labels their pods with
    /// that hash.
    private WorkloadId ofDeletedReplicaSet(Pod pod, String namespace, Owner set) {
        String hash = ReplicaSetIndex.labelOf(pod, ReplicaSetIndex.TEMPLATE_HASH);
        String suffix = "-" + hash;
        return !hash.isEmpty() && set.name().endsWith(suffix) && set.name().length() > suffix.length()
                ? id(
                        namespace,
                        WorkloadId.DEPLOYMENT,
                        set.name().substring(0, set.name().length() - suffix.length()))
                : workload(namespace, set);
    }

    /// The workload that a controller is.
    WorkloadId workload(String namespace, Owner owner) {
        String group = groupOf(owner);
        boolean foreign = RESERVED.contains(owner.kind()) || (OURS.contains(owner.kind()) && !group.equals(APPS));
        return id(namespace, foreign ? owner.kind() + "." + group : owner.kind(), owner.name());
    }

    WorkloadId id(String namespace, String kind, String name) {
        return new WorkloadId(target, namespace, kind, name);
    }

    private static boolean isReplicaSet(Owner owner) {
        return owner.kind().equals(WorkloadId.REPLICA_SET) && groupOf(owner).equals(APPS);
    }

    private static boolean isNode(Owner owner) {
        return owner.kind().equals("Node") && groupOf(owner).isEmpty();
    }

    private static String groupOf(Owner owner) {
        int slash = owner.apiVersion().indexOf('/');
        return slash < 0 ? "" : owner.apiVersion().substring(0, slash);
    }
}
