package dev.snowmelt.sandbox.cluster;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Pods with stable names and claims, made, updated and removed in order.
final class StatefulSetController implements Controllers.Controller {

    static final String REVISION_HASH = "controller-revision-hash";

    private final Store store;
    private final Writes writes;
    private final Deletes deletes;

    StatefulSetController(Store store, Writes writes, Deletes deletes) {
        this.store = store;
        this.writes = writes;
        this.deletes = deletes;
    }

    @Override
    public void reconcile(Stored set) {
        ObjectNode tree = set.tree();
        String update = revision(set, Json.at(tree, "spec", "template"));
        ObjectNode status = Json.child(tree, "status");
        if (Json.text(status, "currentRevision").isEmpty()) {
            status.put("currentRevision", update);
        }
        String current = Json.text(status, "currentRevision");
        status.put("updateRevision", update);
        int desired = Json.number(tree, 1, "spec", "replicas");
        writeStatus(set, tree, desired, current, update);
        boolean ordered = !Json.text(tree, "spec", "podManagementPolicy").equals("Parallel");
        if (!fill(set, tree, desired, current, update, ordered) || !shrink(set, desired, ordered)) {
            return;
        }
        if (Json.text(tree, "spec", "updateStrategy", "type").equals("RollingUpdate")) {
            int partition = Json.number(tree, 0, "spec", "updateStrategy", "rollingUpdate", "partition");
            roll(set, desired, partition, update);
        }
    }

    private @Nullable ObjectNode pod(Stored set, int ordinal) {
        Stored pod = store.get(ResourceType.PODS, set.namespace(), set.name() + "-" + ordinal);
        return pod == null ? null : pod.tree();
    }

    private static boolean isHealthy(@Nullable ObjectNode pod) {
        return pod != null && Pods.isAvailable(pod);
    }

    /// Makes the missing pods; in order, one after the other is ready. True when none is missing or being
    /// waited for.
    private boolean fill(Stored set, ObjectNode tree, int desired, String current, String update, boolean ordered) {
        boolean complete = true;
        for (int ordinal = 0; ordinal < desired; ordinal++) {
            ObjectNode pod = pod(set, ordinal);
            if (pod == null) {
                create(set, tree, ordinal, current, update);
                complete = false;
            } else if (!isHealthy(pod)) {
                complete = false;
            }
            if (!complete && ordered) {
                // A broken pod of an old revision may still be replaced: see roll()
                return pod != null && !Deletes.isBeingDeleted(pod);
            }
        }
        return complete || !ordered;
    }

    private boolean shrink(Stored set, int desired, boolean ordered) {
        boolean complete = true;
        for (int ordinal = highest(set); ordinal >= desired; ordinal--) {
            ObjectNode pod = pod(set, ordinal);
            if (pod == null) {
                continue;
            }
            complete = false;
            if (!Deletes.isBeingDeleted(pod)) {
                deletes.delete(ResourceType.PODS, set.namespace(), set.name() + "-" + ordinal, Json.object(), false);
            }
            if (ordered) {
                return false;
            }
        }
        return complete;
    }

    private int highest(Stored set) {
        return store.controlledBy(ResourceType.PODS, set.uid()).stream()
                .mapToInt(
                        pod -> Integer.parseInt(pod.name().substring(set.name().length() + 1)))
                .max()
                .orElse(-1);
    }

    /// From the highest ordinal down, replaces one pod of another revision at a time, and waits for an
    /// unhealthy updated one.
    private void roll(Stored set, int desired, int partition, String update) {
        for (int ordinal = desired - 1; ordinal >= partition; ordinal--) {
            ObjectNode pod = pod(set, ordinal);
            if (pod == null || Deletes.isBeingDeleted(pod)) {
                return;
            }
            if (!Json.text(pod, "metadata", "labels", REVISION_HASH).equals(update)) {
                deletes.delete(ResourceType.PODS, set.namespace(), set.name() + "-" + ordinal, Json.object(), false);
                return;
            }
            if (!isHealthy(pod)) {
                return;
            }
        }
    }

    private void create(Stored set, ObjectNode tree, int ordinal, String current, String update) {
        int partition = Json.number(tree, 0, "spec", "updateStrategy", "rollingUpdate", "partition");
        boolean onDelete = Json.text(tree, "spec", "updateStrategy", "type").equals("OnDelete");
        String revision = !onDelete && ordinal < partition ? current : update;
        Stored kept = store.get(ResourceType.REVISIONS, set.namespace(), revision);
        JsonNode template =
                kept == null ? Json.at(tree, "spec", "template") : Json.at(kept.tree(), "data", "spec", "template");
        String name = set.name() + "-" + ordinal;
        ObjectNode pod = Pods.fromTemplate(
                set,
                template,
                Map.of(
                        REVISION_HASH,
                        revision,
                        "statefulset.kubernetes.io/pod-name",
                        name,
                        "apps.kubernetes.io/pod-index",
                        Integer.toString(ordinal)));
        Json.meta(pod).put("name", name).put("generateName", set.name() + "-");
        ObjectNode spec = Json.child(pod, "spec");
        spec.put("hostname", name);
        if (!Json.text(tree, "spec", "serviceName").isEmpty()) {
            spec.put("subdomain", Json.text(tree, "spec", "serviceName"));
        }
        for (ObjectNode claim : Json.objects(Json.at(tree, "spec", "volumeClaimTemplates"))) {
            String volume = Json.text(claim, "metadata", "name");
            String claimName = volume + "-" + name;
            claim(set, claim, claimName);
            ObjectNode mounted = Json.list(spec, "volumes").addObject().put("name", volume);
            mounted.putObject("persistentVolumeClaim").put("claimName", claimName);
        }
        writes.create(ResourceType.PODS, set.namespace(), pod, false);
    }

    private void claim(Stored set, ObjectNode template, String name) {
        if (store.get(ResourceType.CLAIMS, set.namespace(), name) != null) {
            return;
        }
        ObjectNode claim = Json.object();
        ObjectNode meta = claim.putObject("metadata");
        meta.put("name", name);
        Json.strings(Json.at(template, "metadata", "labels")).forEach(Json.child(meta, "labels")::put);
        claim.set("spec", template.path("spec").deepCopy());
        claim.putObject("status").put("phase", "Bound");
        writes.create(ResourceType.CLAIMS, set.namespace(), claim, false);
    }

    /// The ControllerRevision of a template, made when new.
    private String revision(Stored set, JsonNode template) {
        String hash = Pods.hash(template, 0);
        String name = set.name() + "-" + hash;
        if (store.get(ResourceType.REVISIONS, set.namespace(), name) == null) {
            writeRevision(store, writes, set, template, name, hash);
        }
        return name;
    }

    static void writeRevision(Store store, Writes writes, Stored set, JsonNode template, String name, String hash) {
        ObjectNode revision = Json.object();
        ObjectNode meta = revision.putObject("metadata");
        meta.put("name", name);
        Json.strings(Json.at(template, "metadata", "labels")).forEach(Json.child(meta, "labels")::put);
        Json.child(meta, "labels").put("controller.kubernetes.io/hash", hash);
        Pods.own(meta, set);
        Json.child(revision, "data", "spec").set("template", template.deepCopy());
        revision.put(
                "revision",
                1 + store.controlledBy(ResourceType.REVISIONS, set.uid()).size());
        writes.create(ResourceType.REVISIONS, set.namespace(), revision, false);
    }

    private void writeStatus(Stored set, ObjectNode tree, int desired, String current, String update) {
        int replicas = 0;
        int ready = 0;
        int available = 0;
        int updated = 0;
        int old = 0;
        for (Stored stored : store.controlledBy(ResourceType.PODS, set.uid())) {
            String revision = stored.labels().getOrDefault(REVISION_HASH, "");
            replicas++;
            ready += stored.ready() ? 1 : 0;
            available += stored.isAvailable() ? 1 : 0;
            updated += revision.equals(update) && !stored.terminating() ? 1 : 0;
            old += revision.equals(current) && !stored.terminating() ? 1 : 0;
        }
        ObjectNode status = Json.child(tree, "status");
        if (updated == desired && available == desired && replicas == desired) {
            status.put("currentRevision", update);
            old = updated;
        }
        status.put("observedGeneration", Json.number(tree, 0, "metadata", "generation"));
        status.put("replicas", replicas).put("collisionCount", 0).put("availableReplicas", available);
        Counts.put(status, "readyReplicas", ready);
        Counts.put(status, "updatedReplicas", updated);
        Counts.put(status, "currentReplicas", old);
        store.put(set.type(), tree);
    }
}
