package dev.snowmelt.sandbox.cluster;

import java.util.List;
import java.util.Optional;

/// The resources the API serves.
@SuppressWarnings("ImmutableEnumChecker") // its lists come from List.of
enum ResourceType {
    NAMESPACES("", "namespaces", "Namespace", List.of("ns"), List.of("status"), Trait.CLUSTER_SCOPED),
    NODES("", "nodes", "Node", List.of("no"), List.of("status"), Trait.CLUSTER_SCOPED),
    PODS("", "pods", "Pod", List.of("po"), List.of("status", "eviction", "ephemeralcontainers")),
    CLAIMS("", "persistentvolumeclaims", "PersistentVolumeClaim", List.of("pvc"), List.of("status")),
    EVENTS("", "events", "Event", List.of("ev"), List.of()),
    CONFIG_MAPS("", "configmaps", "ConfigMap", List.of("cm"), List.of()),
    SERVICES("", "services", "Service", List.of("svc"), List.of("status")),
    DEPLOYMENTS(
            "apps",
            "deployments",
            "Deployment",
            List.of("deploy"),
            List.of("status", "scale"),
            Trait.COUNTS_GENERATIONS),
    REPLICA_SETS(
            "apps", "replicasets", "ReplicaSet", List.of("rs"), List.of("status", "scale"), Trait.COUNTS_GENERATIONS),
    STATEFUL_SETS(
            "apps",
            "statefulsets",
            "StatefulSet",
            List.of("sts"),
            List.of("status", "scale"),
            Trait.COUNTS_GENERATIONS),
    DAEMON_SETS("apps", "daemonsets", "DaemonSet", List.of("ds"), List.of("status"), Trait.COUNTS_GENERATIONS),
    REVISIONS("apps", "controllerrevisions", "ControllerRevision", List.of(), List.of()),
    BUDGETS(
            "policy",
            "poddisruptionbudgets",
            "PodDisruptionBudget",
            List.of("pdb"),
            List.of("status"),
            Trait.COUNTS_GENERATIONS,
            Trait.UPDATES_NEED_A_VERSION),
    LEASES("coordination.k8s.io", "leases", "Lease", List.of(), List.of(), Trait.UPDATES_NEED_A_VERSION);

    static final List<ResourceType> ALL = List.of(values());

    private enum Trait {
        CLUSTER_SCOPED,
        /// `metadata.generation` counts the changes of its spec.
        COUNTS_GENERATIONS,
        /// An update without a resourceVersion is refused.
        UPDATES_NEED_A_VERSION
    }

    private final String group;
    private final String plural;
    private final String kind;
    private final List<String> shortNames;
    private final List<String> subresources;
    private final List<Trait> traits;

    ResourceType(
            String group,
            String plural,
            String kind,
            List<String> shortNames,
            List<String> subresources,
            Trait... traits) {
        this.group = group;
        this.plural = plural;
        this.kind = kind;
        this.shortNames = shortNames;
        this.subresources = subresources;
        this.traits = List.of(traits);
    }

    static Optional<ResourceType> find(String group, String version, String plural) {
        return ALL.stream()
                .filter(t -> t.group.equals(group) && t.version().equals(version) && t.plural.equals(plural))
                .findFirst();
    }

    static ResourceType ofKind(String kind) {
        return ALL.stream()
                .filter(t -> t.kind.equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no resource of kind " + kind));
    }

    /// "" for the core group.
    String group() {
        return group;
    }

    String version() {
        return "v1";
    }

    String plural() {
        return plural;
    }

    String kind() {
        return kind;
    }

    List<String> shortNames() {
        return shortNames;
    }

    /// Names below an object of it, `status` included.
    List<String> subresources() {
        return subresources;
    }

    boolean namespaced() {
        return !traits.contains(Trait.CLUSTER_SCOPED);
    }

    boolean generations() {
        return traits.contains(Trait.COUNTS_GENERATIONS);
    }

    boolean unconditional() {
        return !traits.contains(Trait.UPDATES_NEED_A_VERSION);
    }

    boolean hasStatus() {
        return subresources.contains("status");
    }

    String apiVersion() {
        return group.isEmpty() ? version() : group + "/" + version();
    }

    /// As error messages name it: `pods`, `deployments.apps`.
    String qualified() {
        return group.isEmpty() ? plural : plural + "." + group;
    }

    /// As validation messages name it: `Pod`, `Deployment.apps`.
    String qualifiedKind() {
        return group.isEmpty() ? kind : kind + "." + group;
    }
}
