package dev.snowmelt.schemas.id;

import java.util.Set;

/// What owns identical instances: `k8s:prod-eu/shop/Deployment/cart`, `aws:123456789012:eu-west-1/asg/web`. An instance
/// that nothing owns has a workload
/// of its own of kind `standalone`, named like the instance.
///
/// @param target where it lives
/// @param namespace the Kubernetes namespace; empty on AWS
/// @param kind a controller's kind as its platform spells it, `asg` or `standalone`
/// @param name its name, unescaped
public record WorkloadId(TargetId target, String namespace, String kind, String name)
        implements Comparable<WorkloadId> {
    /// Kind of Kubernetes Deployments.
    public static final String DEPLOYMENT = "Deployment";
    /// Kind of Kubernetes StatefulSets.
    public static final String STATEFUL_SET = "StatefulSet";
    /// Kind of Kubernetes DaemonSets.
    public static final String DAEMON_SET = "DaemonSet";
    /// Kind of ReplicaSets that no Deployment owns.
    public static final String REPLICA_SET = "ReplicaSet";
    /// Kind of EC2 Auto Scaling groups.
    public static final String ASG = "asg";
    /// Kind of what nothing owns.
    public static final String STANDALONE = "standalone";

    private static final Set<String> DECLARABLE_K8S =
            Set.of(DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICA_SET, STANDALONE);
    private static final Set<String> DECLARABLE_AWS = Set.of(ASG, STANDALONE);
    private static final String EXPECTED =
            "a workload such as 'k8s:prod-eu/shop/Deployment/cart' or 'aws:123456789012:eu-west-1/asg/web'";

    /// @throws MalformedIdException when a part is empty, or the namespace does not fit the platform
    public WorkloadId {
        boolean namespaced = target.platform() == TargetId.Platform.K8S;
        if (name.isEmpty()
                || !Segments.isPlain(kind)
                || namespaced == namespace.isEmpty()
                || (namespaced && !Segments.isPlain(namespace))) {
            throw new MalformedIdException(target + "/" + namespace + "/" + kind + "/" + name, EXPECTED);
        }
    }

    /// @throws MalformedIdException when the text is no workload
    public static WorkloadId parse(String text) {
        String[] parts = text.split("/", -1);
        try {
            TargetId target = TargetId.parse(parts[0]);
            boolean namespaced = target.platform() == TargetId.Platform.K8S;
            if (parts.length != (namespaced ? 4 : 3)) {
                throw new MalformedIdException(text, EXPECTED);
            }
            return namespaced
                    ? new WorkloadId(target, parts[1], parts[2], Segments.decode(parts[3]))
                    : new WorkloadId(target, "", parts[1], Segments.decode(parts[2]));
        } catch (MalformedIdException e) {
            throw e;
        } catch (IllegalArgumentException _) {
            throw new MalformedIdException(text, EXPECTED);
        }
    }

    /// True for the kinds that a declaration may name.
    public boolean declarable() {
        return kinds(target.platform()).contains(kind);
    }

    /// True when a controller that Snowmelt knows would create a new instance in place of a terminated one.
    public boolean recreates() {
        return declarable() && !standalone();
    }

    /// True for the workload of an instance that nothing owns.
    public boolean standalone() {
        return kind.equals(STANDALONE);
    }

    /// The kinds that a declaration may name on a platform.
    public static Set<String> kinds(TargetId.Platform platform) {
        return switch (platform) {
            case K8S -> DECLARABLE_K8S;
            case AWS -> DECLARABLE_AWS;
        };
    }

    @Override
    public int compareTo(WorkloadId other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return namespace.isEmpty()
                ? target + "/" + kind + "/" + Segments.encode(name)
                : target + "/" + namespace + "/" + kind + "/" + Segments.encode(name);
    }
}
