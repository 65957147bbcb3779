package dev.snowmelt.detector.collect.kubernetes;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Who owns which ReplicaSet, and which ReplicaSet of a Deployment is the newest. Bounded: what is
/// forgotten is asked
/// for again. Deleted ReplicaSets stay until they are pushed out, because their last pods are told after
/// them.
final class ReplicaSetIndex {
    /// Set by the Deployment controller on a Deployment and on its ReplicaSets; the newest has the
    /// Deployment's.
    static final String REVISION = "deployment.kubernetes.io/revision";
    /// Set by the Deployment controller on a ReplicaSet and its pods.
    static final String TEMPLATE_HASH = "pod-template-hash";

    /// A controller.
    record Owner(String apiVersion, String kind, String name, String uid) {}

    /// What a sight of a ReplicaSet changed.
    ///
    /// @param ownerChanged it was known with another owner
    /// @param newestOf the Deployment whose newest ReplicaSet this now is and was not before; null: none
    record Learned(boolean ownerChanged, @Nullable Owner newestOf) {}

    private record Newest(long revision, String hash) {}

    private final Map<String, Optional<Owner>> owners;
    private final Map<String, Newest> newest;

    ReplicaSetIndex(int limit) {
        owners = new Bounded<>(limit);
        newest = new Bounded<>(limit);
    }

    /// Remembers a ReplicaSet, unless it has no pods (old revisions are most of them).
    synchronized Learned learn(ReplicaSet set) {
        String uid = set.getMetadata().getUid();
        Optional<Owner> owner = controllerOf(set);
        Optional<Owner> before = owners.get(uid);
        boolean known = before != null;
        if (known || hasPods(set)) {
            owners.put(uid, owner);
        }
        return new Learned(known && !owner.equals(before), newestOf(set, owner.orElse(null)));
    }

    private @Nullable Owner newestOf(ReplicaSet set, @Nullable Owner owner) {
        String hash = labelOf(set, TEMPLATE_HASH);
        if (owner == null || !owner.kind().equals("Deployment") || hash.isEmpty()) {
            return null;
        }
        long revision = revisionOf(set);
        Newest before = newest.get(owner.uid());
        if (before != null && before.revision() > revision) {
            return null;
        }
        Newest now = new Newest(revision, hash);
        newest.put(owner.uid(), now);
        return now.equals(before) ? null : owner;
    }

    /// A ReplicaSet's controller: present when the ReplicaSet is known, and then empty when nothing owns it.
    synchronized Optional<Optional<Owner>> ownerOf(String uid) {
        return Optional.ofNullable(owners.get(uid));
    }

    /// Remembers a ReplicaSet's controller even if it has no pods.
    synchronized void remember(ReplicaSet set) {
        owners.put(set.getMetadata().getUid(), controllerOf(set));
    }

    /// The pod-template-hash of the ReplicaSet that the Deployment's current template made; empty when it
    /// is not known
    /// yet.
    synchronized String templateOf(HasMetadata deployment) {
        Newest known = newest.get(deployment.getMetadata().getUid());
        return known == null || known.revision() != revisionOf(deployment) ? "" : known.hash();
    }

    static Optional<Owner> controllerOf(HasMetadata object) {
        for (OwnerReference reference : object.getMetadata().getOwnerReferences()) {
            if (Boolean.TRUE.equals(reference.getController())) {
                return Optional.of(new Owner(
                        Objects.requireNonNullElse(reference.getApiVersion(), ""),
                        reference.getKind(),
                        reference.getName(),
                        Objects.requireNonNullElse(reference.getUid(), "")));
            }
        }
        return Optional.empty();
    }

    static String labelOf(HasMetadata object, String label) {
        Map<String, String> labels = object.getMetadata().getLabels();
        return labels == null ? "" : labels.getOrDefault(label, "");
    }

    private static boolean hasPods(ReplicaSet set) {
        Integer wanted = set.getSpec() == null ? null : set.getSpec().getReplicas();
        Integer there = set.getStatus() == null ? null : set.getStatus().getReplicas();
        return (wanted != null && wanted > 0) || (there != null && there > 0);
    }

    private static long revisionOf(HasMetadata object) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        String text = annotations == null ? null : annotations.get(REVISION);
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    /// Forgets what was not used for longest.
    private static final class Bounded<K, V> extends LinkedHashMap<K, V> {
        private static final long serialVersionUID = 1;

        private final int limit;

        Bounded(int limit) {
            super(16, 0.75f, true);
            this.limit = limit;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > limit;
        }
    }
}
