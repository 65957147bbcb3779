package dev.snowmelt.sandbox.cluster;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// Fills a Deployment with running pods without waiting for anybody.
final class BulkLoad {

    private final Store store;
    private final Writes writes;
    private final Kubelets kubelets;

    BulkLoad(Store store, Writes writes, Kubelets kubelets) {
        this.store = store;
        this.writes = writes;
        this.kubelets = kubelets;
    }

    void fill(String namespace, String name, int replicas) {
        Stored deployment = writes.require(ResourceType.DEPLOYMENTS, namespace, name);
        new DeploymentController(store, writes).reconcile(deployment);
        Stored set =
                store.controlledBy(ResourceType.REPLICA_SETS, deployment.uid()).getFirst();
        ObjectNode setTree = set.tree();
        Json.child(setTree, "spec").put("replicas", replicas);
        Stored full = store.put(ResourceType.REPLICA_SETS, setTree);
        List<Stored> nodes = store.all(ResourceType.NODES, "");
        for (int i = 0; i < replicas; i++) {
            ObjectNode pod = Pods.fromTemplate(full, Json.at(setTree, "spec", "template"), Map.of());
            Json.meta(pod).put("generateName", set.name() + "-");
            Json.meta(pod).put("name", "%s-%s".formatted(set.name(), writes.suffix() + Integer.toString(i, 36)));
            Json.child(pod, "spec").put("nodeName", nodes.get(i % nodes.size()).name());
            store.locked(() -> {
                ObjectNode created = writes.create(ResourceType.PODS, namespace, pod, true);
                kubelets.settle(created, true);
                store.put(ResourceType.PODS, created);
            });
        }
        status(ResourceType.REPLICA_SETS, namespace, set.name(), replicas, List.of("fullyLabeledReplicas"));
        status(ResourceType.DEPLOYMENTS, namespace, name, replicas, List.of("updatedReplicas"));
    }

    private void status(ResourceType type, String namespace, String name, int replicas, List<String> more) {
        ObjectNode tree = writes.require(type, namespace, name).tree();
        ObjectNode status = Json.child(tree, "status");
        status.put("replicas", replicas).put("readyReplicas", replicas).put("availableReplicas", replicas);
        more.forEach(count -> status.put(count, replicas));
        status.remove("unavailableReplicas");
        status.put("observedGeneration", Json.number(tree, 1, "metadata", "generation"));
        for (ObjectNode condition : Json.objects(status.path("conditions"))) {
            condition.put("status", "True");
        }
        store.put(type, tree);
    }
}
