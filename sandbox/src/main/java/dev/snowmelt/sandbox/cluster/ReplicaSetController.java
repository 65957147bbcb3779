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

    @Override
    public void reconcile(Stored set) {
        ObjectNode tree = set.tree();
        var matches = Selector.ofObject(Json.at(tree, "spec", "selector"));
        List<Stored> active = new ArrayList<>();
        for (Stored pod : store.controlledBy(ResourceType.PODS, set.uid())) {
            if (!matches.test(pod.labels())) {
                release(pod);
            } else if (pod.isActive()) {
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
                .sorted(Comparator.comparing((Stored pod) -> !pod.nodeName().isEmpty())
                        .thenComparing(Stored::ready)
                        .thenComparing(Stored::version, Comparator.reverseOrder()))
                .limit(Math.max(0, active.size() - desired))
                .forEach(pod -> deletes.delete(pod.type(), pod.namespace(), pod.name(), Json.object(), false));
    }

    private void release(Stored pod) {
        ObjectNode tree = pod.tree();
        Json.meta(tree).remove("ownerReferences");
        store.put(ResourceType.PODS, tree);
    }

    private void writeStatus(Stored set, ObjectNode tree, List<Stored> active) {
        long ready = active.stream().filter(Stored::ready).count();
        long available = active.stream().filter(Stored::isAvailable).count();
        ObjectNode status = Json.child(tree, "status");
        status.put("replicas", active.size());
        Counts.put(status, "fullyLabeledReplicas", active.size());
        Counts.put(status, "readyReplicas", ready);
        Counts.put(status, "availableReplicas", available);
        status.put("observedGeneration", Json.number(tree, 0, "metadata", "generation"));
        store.put(set.type(), tree);
    }
}
