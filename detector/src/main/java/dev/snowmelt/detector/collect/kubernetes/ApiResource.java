package dev.snowmelt.detector.collect.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import org.jspecify.annotations.Nullable;

/// A resource that the collector reads.
///
/// @param group API group; empty for the core group
/// @param plural as it stands in paths and in RBAC rules
/// @param type what one object is parsed into
record ApiResource<T extends HasMetadata>(String group, String version, String plural, Class<T> type) {
    static final ApiResource<Pod> PODS = new ApiResource<>("", "v1", "pods", Pod.class);
    static final ApiResource<Deployment> DEPLOYMENTS = new ApiResource<>("apps", "v1", "deployments", Deployment.class);
    static final ApiResource<ReplicaSet> REPLICA_SETS =
            new ApiResource<>("apps", "v1", "replicasets", ReplicaSet.class);
    static final ApiResource<StatefulSet> STATEFUL_SETS =
            new ApiResource<>("apps", "v1", "statefulsets", StatefulSet.class);
    static final ApiResource<DaemonSet> DAEMON_SETS = new ApiResource<>("apps", "v1", "daemonsets", DaemonSet.class);

    /// The path of the collection, without a leading slash.
    ///
    /// @param namespace null: the whole cluster
    String path(@Nullable String namespace) {
        String root = group.isEmpty() ? "api/" + version : "apis/" + group + "/" + version;
        return root + (namespace == null ? "" : "/namespaces/" + namespace) + "/" + plural;
    }

    /// As kubectl and RBAC messages put it: `pods in API group '' at cluster scope`.
    String describe(@Nullable String namespace) {
        return plural + " in API group '" + group + "' "
                + (namespace == null ? "at cluster scope" : "in namespace '" + namespace + "'");
    }
}
