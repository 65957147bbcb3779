package dev.snowmelt.detector.collect.kubernetes;

import dev.snowmelt.detector.collect.CollectorSettings;
import dev.snowmelt.detector.collect.Reuse;
import dev.snowmelt.schemas.id.TargetId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a target is collected.
///
/// @param target the cluster, platform `k8s`
/// @param collector id of this collector in `collectors` and in snapshots: the same for all
/// replicas and over restarts
/// @param identity who holds the lease: different for every process
/// @param namespaces namespaces to look at; empty: all, by cluster-wide lists
/// @param resync time between two snapshots
/// @param confirmation time from a snapshot that was not believed to the next one
/// @param reuse how much older than a scan's request the snapshot may be that answers it
/// @param silence how long a connection may bring no byte before it counts as dead; servers send a
/// bookmark a minute
/// @param lease where the replicas agree on the active one; null: this is the only one, and it
/// needs no right to a Lease
/// @param version Snowmelt's version, told in `collectors`
public record KubernetesCollectorSettings(
        TargetId target,
        String collector,
        String identity,
        List<String> namespaces,
        Duration resync,
        Duration confirmation,
        Reuse reuse,
        Duration silence,
        @Nullable LeaseSettings lease,
        String version) {

    /// @throws IllegalArgumentException when the target is no cluster or a duration is not positive
    public KubernetesCollectorSettings {
        namespaces = List.copyOf(namespaces);
        if (target.platform() != TargetId.Platform.K8S) {
            throw new IllegalArgumentException(target + " is no Kubernetes cluster");
        }
        if (!resync.isPositive() || !confirmation.isPositive() || !silence.isPositive()) {
            throw new IllegalArgumentException("resync, confirmation and silence must be longer than nothing");
        }
    }

    /// The defaults: the whole cluster, a snapshot every 10 minutes, the lease
    /// `snowmelt-collector-<cluster>` in a namespace.
    public static KubernetesCollectorSettings of(TargetId target, String identity, String leaseNamespace) {
        return new KubernetesCollectorSettings(
                target,
                "kubernetes/" + target,
                identity,
                List.of(),
                Duration.ofMinutes(10),
                Duration.ofSeconds(30),
                Reuse.of(Duration.ofSeconds(10)),
                Duration.ofSeconds(90),
                LeaseSettings.of(target, leaseNamespace),
                "");
    }

    /// What every platform's collector wants to know.
    CollectorSettings collecting() {
        return new CollectorSettings(target, collector, "kubernetes", resync, confirmation, reuse, version);
    }

    /// The same, looking at some namespaces only; none: at all.
    public KubernetesCollectorSettings withNamespaces(List<String> some) {
        return new KubernetesCollectorSettings(
                target, collector, identity, some, resync, confirmation, reuse, silence, lease, version);
    }

    /// The same with another time between snapshots.
    public KubernetesCollectorSettings withResync(Duration other) {
        return new KubernetesCollectorSettings(
                target, collector, identity, namespaces, other, confirmation, reuse, silence, lease, version);
    }

    /// The same with another time to the snapshot that confirms an unbelievable one.
    public KubernetesCollectorSettings withConfirmation(Duration other) {
        return new KubernetesCollectorSettings(
                target, collector, identity, namespaces, resync, other, reuse, silence, lease, version);
    }

    /// The same with another age of snapshots that answer scans as long as they are followed.
    public KubernetesCollectorSettings withReuse(Duration followed) {
        return withReuse(Reuse.of(followed));
    }

    /// The same with other ages of snapshots that answer scans.
    public KubernetesCollectorSettings withReuse(Reuse other) {
        return new KubernetesCollectorSettings(
                target, collector, identity, namespaces, resync, confirmation, other, silence, lease, version);
    }

    /// The same with another patience with silent connections.
    public KubernetesCollectorSettings withSilence(Duration other) {
        return new KubernetesCollectorSettings(
                target, collector, identity, namespaces, resync, confirmation, reuse, other, lease, version);
    }

    /// The same with another lease.
    public KubernetesCollectorSettings withLease(LeaseSettings other) {
        return new KubernetesCollectorSettings(
                target, collector, identity, namespaces, resync, confirmation, reuse, silence, other, version);
    }

    /// The same without a lease: for topics that no other collector writes to, such as those of an
    /// embedded broker.
    public KubernetesCollectorSettings withoutLease() {
        return new KubernetesCollectorSettings(
                target, collector, identity, namespaces, resync, confirmation, reuse, silence, null, version);
    }

    /// The same, telling a version.
    public KubernetesCollectorSettings withVersion(String other) {
        return new KubernetesCollectorSettings(
                target, collector, identity, namespaces, resync, confirmation, reuse, silence, lease, other);
    }
}
