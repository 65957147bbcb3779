package dev.snowmelt.sandbox.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Keeps `spec.replicas` pods of the template alive, releases pods whose labels no longer match, writes the
/// counts.
final class ReplicaSetController implements Controllers.Controller {

    private final Store store;
    private final Writes writes;
    private final Deletes deletes;

    ReplicaSetController(Store store, Writes writes, Deletes deletes) {
        this.store = store;
        this.writes = writes;
        this.deletes = deletes;
    }

    /// A pod and its tree, parsed once.
    record Live(Stored stored, ObjectNode tree) {
        boolean isReady() {
            return PodStatus.isReady(tree);
        }
    }

    @Override
    public void reconcile(Stored set) {
        ObjectNode tree = set.tree();
        var matches = Selector.ofObject(Json.at(tree, "spec", "selector"));
        List<Live> active = new ArrayList<>();
        for (Stored stored : store.controlledBy(ResourceType.PODS, set.uid())) {
            Live pod = new Live(stored, stored.tree());
            if (!matches.test(stored.labels())) {
                Json.meta(pod.tree()).remove("ownerReferences");
                store.put(ResourceType.PODS, pod.tree());
            } else if (Pods.isActive(pod.tree())) {
                active.add(pod);
            }
        }
        int desired = Json.number(tree, 1, "spec", "replicas");
        writeStatus(set, tree, active);
        for (int i = active.size(); i < desired; i++) {
            ObjectNode pod = Pods.fromTemplate(set, Json.at(tree, "spec", "template"), Map.of());
            Json.meta(pod).put("generateName", set.name() + "-");
            writes.create(ResourceType.PODS, set.namespace(), pod, false);
        }
        active.stream()
                .sorted(Comparator.comparing(
                                (Live pod) -> !pod.stored().nodeName().isEmpty())
                        .thenComparing(Live::isReady)
                        .thenComparing(pod -> pod.stored().version(), Comparator.reverseOrder()))
                .limit(Math.max(0, active.size() - desired))
                .forEach(pod -> deletes.delete(
                        ResourceType.PODS, set.namespace(), pod.stored().name(), Json.object(), false));
    }

    private void writeStatus(Stored set, ObjectNode tree, List<Live> active) {
        long ready = active.stream().filter(Live::isReady).count();
        long available =
                active.stream().filter(pod -> Pods.isAvailable(pod.tree())).count();
        ObjectNode status = Json.child(tree, "status");
        status.put("replicas", active.size());
        Counts.put(status, "fullyLabeledReplicas", active.size());
        Counts.put(status, "readyReplicas", ready);
        Counts.put(status, "availableReplicas", available);
        status.put("observedGeneration", Json.number(tree, 0, "metadata", "generation"));
        store.put(set.type(), tree);
    }
}
