package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.detector.collect.Publisher;
import dev.snowmelt.detector.collect.SnapshotTally;
import dev.snowmelt.detector.collect.kubernetes.ReplicaSetIndex.Learned;
import dev.snowmelt.detector.collect.kubernetes.ReplicaSetIndex.Owner;
import dev.snowmelt.fingerprint.kubernetes.PodFingerprint;
import dev.snowmelt.fingerprint.kubernetes.WorkloadFingerprint;
import dev.snowmelt.schemas.id.TargetId;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.InstanceGone;
import dev.snowmelt.v1.InstanceObserved;
import dev.snowmelt.v1.Observation;
import dev.snowmelt.v1.WorkloadGone;
import dev.snowmelt.v1.WorkloadStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Turns objects of the API server into observations and forgets them.
final class Observer {
    /// What to do with the objects of one resource.
    interface Sight<T extends HasMetadata> {
        /// It is there.
        ///
        /// @param tally the snapshot whose list told it; null: a watch told that it appeared
        void exists(T object, @Nullable SnapshotTally tally) throws ApiException;

        /// A watch tells that it has changed.
        default void changed(T object) throws ApiException {
            exists(object, null);
        }

        /// It was deleted.
        void deleted(T object) throws ApiException;
    }

    private static final Set<String> FINISHED = Set.of("Succeeded", "Failed");
    /// Bounds the memory of pods without a controller to a MB.
    private static final int KNOWN_FREE_PODS = 4_096;

    private final TargetId target;
    private final Publisher publisher;
    private final ApiClient api;
    private final ReplicaSetIndex index;
    private final WorkloadResolver resolver;
    private final Runnable ownershipChanged;
    private final FreePods freePods = new FreePods(KNOWN_FREE_PODS);

    /// @param ownershipChanged called when pods now belong to another workload, because their
    /// ReplicaSet does or because they were released or adopted: only a snapshot tells that they
    /// left the old one
    Observer(TargetId target, Publisher publisher, ApiClient api, ReplicaSetIndex index, Runnable ownershipChanged) {
        this.target = target;
        this.publisher = publisher;
        this.api = api;
        this.index = index;
        this.resolver = new WorkloadResolver(
                target, index, (namespace, name) -> api.get(ApiResource.REPLICA_SETS, namespace, name));
        this.ownershipChanged = ownershipChanged;
    }

    /// Pods. One whose containers have all ended for good (a Job's, or one that its node evicted)
    /// runs no image any more: it is gone, although its object may stay for days.
    Sight<Pod> pods() {
        return new Sight<>() {
            @Override
            public void exists(Pod pod, @Nullable SnapshotTally tally) throws ApiException {
                if (isFinished(pod)) {
                    if (tally == null) {
                        deleted(pod);
                    }
                    return;
                }
                freePods.exists(pod.getMetadata().getUid(), isFree(pod), tally);
                tell(pod, tally);
            }

            @Override
            public void changed(Pod pod) throws ApiException {
                if (isFinished(pod)) {
                    deleted(pod);
                    return;
                }
                tell(pod, null);
                if (freePods.changed(pod.getMetadata().getUid(), isFree(pod))) {
                    ownershipChanged.run();
                }
            }

            private boolean isFinished(Pod pod) {
                return pod.getStatus() != null
                        && FINISHED.contains(String.valueOf(pod.getStatus().getPhase()));
            }

            private boolean isFree(Pod pod) {
                return ReplicaSetIndex.controllerOf(pod).isEmpty();
            }

            private void tell(Pod pod, @Nullable SnapshotTally tally) throws ApiException {
                Observation seen = Observation.newBuilder()
                        .setInstance(InstanceObserved.newBuilder()
                                .setInstance(
                                        PodFingerprint.instance(target, pod).toString())
                                .setImage(PodFingerprint.imageFacet(pod)))
                        .build();
                publish(resolver.workloadOf(pod), seen, pod, tally);
                if (tally != null) {
                    tally.countInstance();
                }
            }

            @Override
            public void deleted(Pod pod) throws ApiException {
                freePods.forget(pod.getMetadata().getUid());
                Observation gone = Observation.newBuilder()
                        .setInstanceGone(InstanceGone.newBuilder()
                                .setInstance(
                                        PodFingerprint.instance(target, pod).toString()))
                        .build();
                publish(resolver.workloadOf(pod), gone, pod, null);
            }
        };
    }

    Sight<Deployment> deployments() {
        return workloads(WorkloadId.DEPLOYMENT, this::statusOf);
    }

    Sight<StatefulSet> statefulSets() {
        return workloads(WorkloadId.STATEFUL_SET, set -> WorkloadFingerprint.status(target, set));
    }

    Sight<DaemonSet> daemonSets() {
        return workloads(WorkloadId.DAEMON_SET, set -> WorkloadFingerprint.status(target, set));
    }

    /// ReplicaSets: those that nothing owns are workloads, the others tell which template their
    /// Deployment's pods have.
    Sight<ReplicaSet> replicaSets() {
        Sight<ReplicaSet> bare = workloads(WorkloadId.REPLICA_SET, set -> WorkloadFingerprint.status(target, set));
        return new Sight<>() {
            @Override
            public void exists(ReplicaSet set, @Nullable SnapshotTally tally) throws ApiException {
                Learned learned = index.learn(set);
                Optional<Owner> owner = ReplicaSetIndex.controllerOf(set);
                if (owner.isEmpty()) {
                    bare.exists(set, tally);
                }
                if (learned.ownerChanged()) {
                    if (owner.isPresent()) {
                        bare.deleted(set);
                    }
                    ownershipChanged.run();
                }
                Owner deployment = learned.newestOf();
                if (deployment != null && tally == null) {
                    refresh(set.getMetadata().getNamespace(), deployment);
                }
            }

            @Override
            public void deleted(ReplicaSet set) throws ApiException {
                if (ReplicaSetIndex.controllerOf(set).isEmpty()) {
                    bare.deleted(set);
                }
            }
        };
    }

    /// Its newest ReplicaSet came after its own event: what was told of it lacks the template's id.
    private void refresh(String namespace, Owner owner) throws ApiException {
        Optional<Deployment> deployment = api.get(ApiResource.DEPLOYMENTS, namespace, owner.name())
                .filter(found -> owner.uid().equals(found.getMetadata().getUid()));
        if (deployment.isPresent()) {
            deployments().exists(deployment.get(), null);
        }
    }

    private WorkloadStatus statusOf(Deployment deployment) {
        WorkloadStatus status = WorkloadFingerprint.status(target, deployment);
        boolean known = status.getObservedGeneration() >= status.getGeneration();
        String template = known ? index.templateOf(deployment) : "";
        if (template.isEmpty()) {
            return status;
        }
        WorkloadStatus.Builder named = status.toBuilder();
        named.getTemplateBuilder().setId(template);
        return named.build();
    }

    private <T extends HasMetadata> Sight<T> workloads(String kind, Function<T, WorkloadStatus> status) {
        return new Sight<>() {
            @Override
            public void exists(T object, @Nullable SnapshotTally tally) {
                Observation seen = Observation.newBuilder()
                        .setWorkload(status.apply(object))
                        .build();
                publish(idOf(object), seen, object, tally);
            }

            @Override
            public void deleted(T object) {
                WorkloadId id = idOf(object);
                Observation gone = Observation.newBuilder()
                        .setWorkloadGone(WorkloadGone.newBuilder().setWorkload(id.toString()))
                        .build();
                publish(id, gone, object, null);
            }

            private WorkloadId idOf(T object) {
                return resolver.id(
                        object.getMetadata().getNamespace(),
                        kind,
                        object.getMetadata().getName());
            }
        };
    }

    private void publish(WorkloadId workload, Observation what, HasMetadata of, @Nullable SnapshotTally tally) {
        long version = versionOf(of);
        if (tally == null) {
            publisher.changed(workload, what, version);
        } else {
            publisher.listed(workload, what, version, tally);
        }
    }

    /// resourceVersions of built-in resources are decimal numbers that grow (KEP-5504 makes that a
    /// promise).
    private static long versionOf(HasMetadata object) {
        String version = object.getMetadata().getResourceVersion();
        try {
            return version == null ? 0 : Long.parseLong(version);
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
