package dev.snowmelt.sandbox.cluster;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Deletion: preconditions, grace periods, finalizers, and what becomes of dependants.
final class Deletes {

    private final Store store;
    private final Writes writes;

    Deletes(Store store, Writes writes) {
        this.store = store;
        this.writes = writes;
    }

    /// Deletes an object by `DeleteOptions` (an empty object for none) and returns the answer's body: the
    /// object itself when it is still there, being deleted, or was a pod; otherwise a `Status`.
    ///
    /// @throws Refusal 404 when it is gone, 409 when a precondition does not hold
    ObjectNode delete(ResourceType type, String namespace, String name, ObjectNode options, boolean dryRun) {
        return store.locked(() -> {
            Stored stored = writes.require(type, namespace, name);
            checkPreconditions(stored, options);
            ObjectNode object = stored.tree();
            boolean stays = type == ResourceType.PODS ? terminate(object, options) : finish(type, object, options);
            if (stays) {
                return dryRun ? object : store.put(type, object).tree();
            }
            if (dryRun) {
                return object;
            }
            if (type == ResourceType.PODS) {
                store.put(type, object);
            }
            Stored last = store.remove(type, namespace, name);
            return type == ResourceType.PODS && last != null ? last.tree() : success(stored);
        });
    }

    static void checkPreconditions(Stored stored, ObjectNode options) {
        String uid = Json.text(options, "preconditions", "uid");
        String version = Json.text(options, "preconditions", "resourceVersion");
        if (!uid.isEmpty() && !uid.equals(stored.uid())) {
            throw Refusal.preconditionFailed(
                    stored.type(),
                    stored.name(),
                    "the UID in the precondition (%s) does not match the UID in record (%s). The object might have been deleted and then recreated"
                            .formatted(uid, stored.uid()));
        }
        if (!version.isEmpty() && !version.equals(Long.toString(stored.version()))) {
            throw Refusal.preconditionFailed(
                    stored.type(),
                    stored.name(),
                    "the ResourceVersion in the precondition (%s) does not match the ResourceVersion in record (%d). The object might have been modified"
                            .formatted(version, stored.version()));
        }
    }

    /// Marks a pod as terminating; false when it goes at once (never scheduled, grace period 0).
    private boolean terminate(ObjectNode pod, ObjectNode options) {
        ObjectNode meta = Json.meta(pod);
        boolean scheduled = !Json.text(pod, "spec", "nodeName").isEmpty();
        boolean ended = List.of("Succeeded", "Failed").contains(Json.text(pod, "status", "phase"));
        int grace = Json.number(
                options, Json.number(pod, 30, "spec", "terminationGracePeriodSeconds"), "gracePeriodSeconds");
        if (!scheduled || ended) {
            grace = 0;
        }
        if (Json.has(meta, "deletionTimestamp")) {
            int pending = Json.number(meta, 0, "deletionGracePeriodSeconds");
            grace = Json.has(options, "gracePeriodSeconds") ? Math.min(grace, pending) : pending;
        }
        markDeleted(meta, grace);
        return grace > 0 || !meta.path("finalizers").isEmpty();
    }

    private boolean finish(ResourceType type, ObjectNode object, ObjectNode options) {
        ObjectNode meta = Json.meta(object);
        String propagation = Json.text(options, "propagationPolicy");
        if (propagation.equals("Orphan") || options.path("orphanDependents").asBoolean(false)) {
            orphan(Json.text(meta, "uid"));
        } else if (propagation.equals("Foreground") && hasDependants(Json.text(meta, "uid"))) {
            addFinalizer(meta, "foregroundDeletion");
        }
        if (type == ResourceType.NAMESPACES) {
            markDeleted(meta, -1);
            Json.child(object, "status").put("phase", "Terminating");
            return true;
        }
        if (meta.path("finalizers").isEmpty()) {
            return false;
        }
        markDeleted(meta, 0);
        return true;
    }

    private static void addFinalizer(ObjectNode meta, String finalizer) {
        ArrayNode finalizers = Json.list(meta, "finalizers");
        if (finalizers.valueStream().noneMatch(f -> f.asString("").equals(finalizer))) {
            finalizers.add(finalizer);
        }
    }

    private void markDeleted(ObjectNode meta, int grace) {
        boolean already = Json.has(meta, "deletionTimestamp");
        if (already && Json.number(meta, 0, "deletionGracePeriodSeconds") <= grace) {
            return;
        }
        Instant end = writes.now().plusSeconds(Math.max(0, grace)).truncatedTo(ChronoUnit.SECONDS);
        meta.put("deletionTimestamp", end.toString());
        if (grace >= 0) {
            meta.put("deletionGracePeriodSeconds", grace);
        }
        if (!already && meta.has("generation")) {
            meta.put("generation", Json.number(meta, 0, "generation") + 1);
        }
    }

    boolean hasDependants(String uid) {
        return ResourceType.ALL.stream()
                .anyMatch(type -> !store.controlledBy(type, uid).isEmpty());
    }

    /// Removes the reference to an owner from what it controlled.
    private void orphan(String uid) {
        for (ResourceType type : ResourceType.ALL) {
            for (Stored dependant : store.controlledBy(type, uid)) {
                ObjectNode tree = dependant.tree();
                Json.list(Json.meta(tree), "ownerReferences")
                        .removeIf(o -> Json.text(o, "uid").equals(uid));
                store.put(type, tree);
            }
        }
    }

    /// What a deleted owner controlled is deleted in the background.
    void collect(String uid) {
        for (ResourceType type : ResourceType.ALL) {
            for (Stored dependant : store.controlledBy(type, uid)) {
                if (!dependant.terminating()) {
                    ObjectNode options = Json.object();
                    options.put("propagationPolicy", "Background");
                    delete(type, dependant.namespace(), dependant.name(), options, false);
                }
            }
        }
    }

    /// Empties a terminating namespace; once empty, removes it.
    void collectNamespace(String name) {
        store.locked(() -> {
            Stored namespace = store.get(ResourceType.NAMESPACES, "", name);
            if (namespace == null || !namespace.phase().equals("Terminating")) {
                return;
            }
            boolean empty = true;
            for (ResourceType type : ResourceType.ALL) {
                for (Stored object : type.namespaced() ? store.all(type, name) : List.<Stored>of()) {
                    if (store.get(type, name, object.name()) == null) {
                        continue;
                    }
                    if (!object.terminating()) {
                        delete(type, name, object.name(), Json.object(), false);
                    }
                    empty &= store.get(type, name, object.name()) == null;
                }
            }
            if (empty) {
                store.remove(ResourceType.NAMESPACES, "", name);
            }
        });
    }

    List<ObjectNode> deleteAll(List<Stored> objects, ObjectNode options, boolean dryRun) {
        return store.locked(() -> {
            List<ObjectNode> deleted = new ArrayList<>(objects.size());
            for (Stored object : objects) {
                @Nullable Stored now = store.get(object.type(), object.namespace(), object.name());
                if (now != null) {
                    delete(now.type(), now.namespace(), now.name(), options, dryRun);
                    deleted.add(now.tree());
                }
            }
            return deleted;
        });
    }

    static ObjectNode success(Stored gone) {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        status.put("status", "Success");
        ObjectNode details = status.putObject("details");
        details.put("name", gone.name());
        if (!gone.type().group().isEmpty()) {
            details.put("group", gone.type().group());
        }
        details.put("kind", gone.type().plural()).put("uid", gone.uid());
        return status;
    }

    static boolean isBeingDeleted(JsonNode object) {
        return Json.has(object, "metadata", "deletionTimestamp");
    }
}
