package dev.snowmelt.sandbox.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One state of one object: its JSON as the API sends it, and what selectors and controllers ask for without
/// parsing.
///
/// Immutable and shared by the store, the history, list snapshots and watches; a hundred thousand pods cost
/// their JSON once.
///
/// @param controller uid of the owner that controls it, "" for none
/// @param ready of a pod: whether its Ready condition is true
/// @param terminating whether its deletion has begun
/// @param version resourceVersion of this state
@SuppressWarnings("ArrayRecordComponent") // never changed and never compared
record Stored(
        ResourceType type,
        String namespace,
        String name,
        String uid,
        long version,
        Map<String, String> labels,
        String nodeName,
        String phase,
        String controller,
        boolean ready,
        boolean terminating,
        byte[] json) {

    static Stored of(ResourceType type, ObjectNode object, long version) {
        JsonNode meta = object.path("metadata");
        boolean pod = type == ResourceType.PODS;
        Map<String, String> labels = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> label : meta.path("labels").properties()) {
            labels.put(label.getKey().intern(), label.getValue().asString("").intern());
        }
        return new Stored(
                type,
                Json.text(meta, "namespace").intern(),
                Json.text(meta, "name"),
                Json.text(meta, "uid"),
                version,
                Map.copyOf(labels),
                pod ? Json.text(object, "spec", "nodeName").intern() : "",
                pod || type == ResourceType.NAMESPACES
                        ? Json.text(object, "status", "phase").intern()
                        : "",
                controllerOf(meta),
                pod && PodStatus.isReady(object),
                Json.has(meta, "deletionTimestamp"),
                Json.bytes(ordered(type, object)));
    }

    /// `kind` and `apiVersion` come first, as the API server writes them; so a list can leave them out of its
    /// items by a cut.
    private static ObjectNode ordered(ResourceType type, ObjectNode object) {
        ObjectNode ordered = Json.object();
        ordered.put("kind", type.kind()).put("apiVersion", type.apiVersion());
        object.remove(List.of("kind", "apiVersion"));
        ordered.setAll(object);
        object.put("kind", type.kind()).put("apiVersion", type.apiVersion());
        return ordered;
    }

    /// How many bytes of the JSON a list's item does not have: `"kind":…,"apiVersion":…,` behind the brace.
    static int typeLength(ResourceType type) {
        return "\"kind\":\"\",\"apiVersion\":\"\",".length()
                + type.kind().length()
                + type.apiVersion().length();
    }

    private static String controllerOf(JsonNode meta) {
        for (JsonNode owner : meta.path("ownerReferences")) {
            if (owner.path("controller").asBoolean(false)) {
                return Json.text(owner, "uid").intern();
            }
        }
        return "";
    }

    /// The order of keys is the order of lists, as in etcd.
    static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    String key() {
        return key(namespace, name);
    }

    /// Of a pod: whether it still counts as one of its workload's.
    boolean isActive() {
        return !terminating && !phase.equals("Succeeded") && !phase.equals("Failed");
    }

    boolean isAvailable() {
        return ready && !terminating;
    }

    /// A tree of its own, free to change.
    ObjectNode tree() {
        return Json.parse(json);
    }

    /// The same state under another version, as the last event of an object that leaves a watch's sight carries
    /// it.
    Stored at(long other) {
        ObjectNode tree = tree();
        Json.meta(tree).put("resourceVersion", Long.toString(other));
        return of(type, tree, other);
    }

    /// One write. `previous` is null for a creation; a deletion carries the last state under the deletion's
    /// version.
    record Change(Kind kind, Stored object, @Nullable Stored previous) {
        enum Kind {
            ADDED,
            MODIFIED,
            DELETED
        }

        long version() {
            return object.version();
        }
    }
}
