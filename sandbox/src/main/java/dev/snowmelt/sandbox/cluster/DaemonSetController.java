package dev.snowmelt.sandbox.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One pod on every node, replaced at most `maxUnavailable` at a time when the template changes.
final class DaemonSetController implements Controllers.Controller {

    private final Store store;
    private final Writes writes;
    private final Deletes deletes;

    DaemonSetController(Store store, Writes writes, Deletes deletes) {
        this.store = store;
        this.writes = writes;
        this.deletes = deletes;
    }

    @Override
    public void reconcile(Stored set) {
        ObjectNode tree = set.tree();
        JsonNode template = Json.at(tree, "spec", "template");
        String hash = Pods.hash(template, 0);
        String revision = set.name() + "-" + hash;
        if (store.get(ResourceType.REVISIONS, set.namespace(), revision) == null) {
            StatefulSetController.writeRevision(store, writes, set, template, revision, hash);
        }
        List<Stored> nodes = store.all(ResourceType.NODES, "");
        List<ObjectNode> pods = new ArrayList<>();
        for (Stored pod : store.controlledBy(ResourceType.PODS, set.uid())) {
            pods.add(pod.tree());
        }
        writeStatus(set, tree, pods, nodes.size(), hash);
        for (Stored node : nodes) {
            boolean covered = pods.stream()
                    .anyMatch(pod -> Json.text(pod, "spec", "nodeName").equals(node.name()));
            if (!covered) {
                create(set, template, node, hash);
            }
        }
        if (Json.text(tree, "spec", "updateStrategy", "type").equals("RollingUpdate")) {
            JsonNode rolling = Json.at(tree, "spec", "updateStrategy", "rollingUpdate");
            roll(
                    set,
                    pods,
                    nodes.size(),
                    Math.max(1, Pods.share(rolling.path("maxUnavailable"), nodes.size(), true)),
                    hash);
        }
    }

    private void create(Stored set, JsonNode template, Stored node, String hash) {
        ObjectNode pod = Pods.fromTemplate(
                set, template, Map.of(StatefulSetController.REVISION_HASH, hash, "pod-template-generation", "1"));
        Json.meta(pod).put("generateName", set.name() + "-");
        Json.child(pod, "spec").put("nodeName", node.name());
        writes.create(ResourceType.PODS, set.namespace(), pod, false);
    }

    private void roll(Stored set, List<ObjectNode> pods, int nodes, int maxUnavailable, String hash) {
        long unavailable = nodes - pods.stream().filter(Pods::isAvailable).count();
        for (ObjectNode pod : pods) {
            if (isOld(pod, hash) && !Deletes.isBeingDeleted(pod)) {
                boolean available = Pods.isAvailable(pod);
                if (available && unavailable >= maxUnavailable) {
                    continue;
                }
                unavailable += available ? 1 : 0;
                deletes.delete(
                        ResourceType.PODS, set.namespace(), Json.text(pod, "metadata", "name"), Json.object(), false);
            }
        }
    }

    private static boolean isOld(ObjectNode pod, String hash) {
        return !Json.text(pod, "metadata", "labels", StatefulSetController.REVISION_HASH)
                .equals(hash);
    }

    private void writeStatus(Stored set, ObjectNode tree, List<ObjectNode> pods, int nodes, String hash) {
        long available = pods.stream().filter(Pods::isAvailable).count();
        ObjectNode status = Json.child(tree, "status");
        status.put("currentNumberScheduled", (int) pods.stream()
                .map(pod -> Json.text(pod, "spec", "nodeName"))
                .distinct()
                .count());
        status.put("desiredNumberScheduled", nodes).put("numberMisscheduled", 0);
        status.put("numberReady", (int) pods.stream().filter(PodStatus::isReady).count());
        status.put("observedGeneration", Json.number(tree, 0, "metadata", "generation"));
        Counts.put(
                status,
                "updatedNumberScheduled",
                pods.stream().filter(pod -> !isOld(pod, hash)).count());
        Counts.put(status, "numberAvailable", available);
        Counts.put(status, "numberUnavailable", Math.max(0, nodes - available));
        store.put(set.type(), tree);
    }
}
